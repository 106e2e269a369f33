"""The signature of a run: its manifest, which holds the hash of every file, signed with a key of the user.

OpenSSH's own program makes and checks it (``ssh-keygen -Y``). So any SSH key serves, also one in an
agent or on a hardware token, anybody can check the signature without auditlab, and auditlab never
reads a private key.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.publish.files import write_file
from auditlab.publish.manifest import MANIFEST, SIGNATURE, verify

NAMESPACE = "auditlab-run"
"""What the signature is for: one made for a mail or a commit does not count."""

_SIGNER = "signer"


def sign_run(run: Path, *, key: Path) -> Path:
    """Sign the manifest of the run folder `run` with the private key file `key`; the signature file.

    Raises
    ------
    EngagementError
        If the run was changed, ssh-keygen is not there, or the key cannot sign.
    """
    changed = verify(run)
    if changed:
        raise EngagementError(f"{run} is not as it was written ({changed[0]}). A changed run is not signed.")
    if not key.is_file():
        raise EngagementError(f"There is no key {key}. 'ssh-keygen -t ed25519' makes one.")
    manifest = (run / MANIFEST).read_bytes()
    # From and to a stream: ssh-keygen asks before it writes over an older signature.
    made = _ssh_keygen("-Y", "sign", "-f", str(key), "-n", NAMESPACE, content=manifest)
    if made.returncode:
        raise EngagementError(f"{key} cannot sign: {_said(made)}. Name a private key of yours.")
    return write_file(run / SIGNATURE, made.stdout)


def signature_fault(run: Path, *, signer: Path | None = None) -> str:
    """What is wrong with the signature of the run folder `run`; empty if nothing is, or none was asked for.

    Parameters
    ----------
    run : Path
        The run folder.
    signer : Path, optional
        Public key file of who must have signed. Without it a signature only has to fit the manifest.

    Raises
    ------
    EngagementError
        If ssh-keygen or the public key is not there.
    """
    signature = run / SIGNATURE
    if not signature.is_file():
        return "" if signer is None else "The run is not signed."
    manifest = (run / MANIFEST).read_bytes()
    if signer is None:
        checked = _ssh_keygen("-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(signature), content=manifest)
        return _fault(checked)
    try:
        public = signer.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        raise EngagementError(f"{signer} is not a readable public key. Name the .pub file of the signer.") from None
    with tempfile.TemporaryDirectory() as private:
        allowed = Path(private) / "allowed"
        allowed.write_text(f'{_SIGNER} namespaces="{NAMESPACE}" {" ".join(public[:2])}\n', encoding="utf-8")
        options = ("-f", str(allowed), "-I", _SIGNER, "-n", NAMESPACE, "-s", str(signature))
        checked = _ssh_keygen("-Y", "verify", *options, content=manifest)
        if checked.returncode and not signature_fault(run):
            return f"The signature fits the manifest, but it was made with another key than {signer}."
        return _fault(checked)


def _fault(checked: subprocess.CompletedProcess[bytes]) -> str:
    return f"The signature does not hold: {_said(checked)}." if checked.returncode else ""


def _said(ended: subprocess.CompletedProcess[bytes]) -> str:
    lines = (ended.stderr or ended.stdout).decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1].rstrip(".") if lines else "ssh-keygen gave no reason"


def _ssh_keygen(*arguments: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise EngagementError(
            "Signatures need the program ssh-keygen of OpenSSH, which is not installed here. Install it."
        )
    return subprocess.run([program, *arguments], input=content, capture_output=True, check=False)  # noqa: S603
