# Shared by the set-up scripts; they run from the project's root.

set -euo pipefail

cache="${EDGESIM_CACHE:-$HOME/.cache/edgesim}"

say() { printf '%s\n' "set-up: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

# Whether the file is there and has the digest.
has_digest() {
  [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]
}

# Lines of a lock file without comments.
entries() { grep -v -e '^#' -e '^$' "$1"; }
