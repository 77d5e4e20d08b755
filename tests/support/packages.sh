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
  # shellcheck disable=SC2086
  install_packages $missing
}

# A package list that is absent or old fails the first try.
install_packages() {
  install_known "$@" || { apt-get -q update && install_known "$@"; }
}

# RUNLEVEL: servers among them are not started.
install_known() {
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$@"
}

# As need_packages, for what can be done without.
need_wanted() {
  command -v apt-get >/dev/null || return 0
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    printf '%s: going on without some packages; to have them\n  sudo apt-get install %s\n' "$0" "$missing" >&2
    return 0
  fi
  # shellcheck disable=SC2086
  install_packages $missing || echo "$0: going on without $missing" >&2
}
