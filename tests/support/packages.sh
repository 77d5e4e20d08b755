# shellcheck shell=sh
# Installs Debian packages that are missing: need_packages <package …>
# As root it installs; else it prints the command that would, and stops.

missing_packages() {
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=none
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

need_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "$0: not a Debian system; these must be there: $*" >&2
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    printf '%s: packages are missing; install them with\n  sudo apt-get install %s\n' "$0" "$missing" >&2
    exit 1
  fi
  # A package list that is absent or old fails the first try.
  # shellcheck disable=SC2086
  install_packages $missing || { apt-get -q update && install_packages $missing; }
}

install_packages() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$@"
}

# As need_packages, for what can be done without.
need_wanted() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -n "$(missing_packages "$@")" ]; then
    install_packages "$@" || echo "$0: going on without $*" >&2
  fi
}
