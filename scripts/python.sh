#!/usr/bin/env bash
# Says where the Python of the tests is: its interpreter, or with --where the directory of its environment.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

requirements=$(sha256sum end2end/second-opinion/requirements.txt | cut -c1-12)
version=$(python3 -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
venv=$cache/python-$version-$requirements
case ${1:-} in
--where) printf '%s\n' "$venv" ;;
*) printf '%s\n' "$venv/bin/python" ;;
esac
