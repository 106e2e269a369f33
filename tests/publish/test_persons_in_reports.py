"""A third-party report names nobody in any of its files; its owner knows who is meant, and a setting decides."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import auditlab
from auditlab.intake import persons_listed
from auditlab.publish.manifest import verify
from auditlab.publish.run import run
from auditlab.publish.trace import traced
from auditlab.settings import WITH_NAMES
from tests.support.named_engagement import NAMES, WORDS, named_engagement
