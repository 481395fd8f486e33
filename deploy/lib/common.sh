# Shared by the scripts in deploy/: where things are, how they speak, how they fail.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export GRANARY_ROOT=$root
# A machine may have no HOME at all; .NET and npm then need to be told where their caches go.
if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-/nonexistent}" ]; then
  export HOME=$root/.granary/home
  mkdir -p "$HOME"
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
usage_error() { printf '%s: %s (see %s --help)\n' "${0##*/}" "$*" "${0##*/}" >&2; exit 2; }

need_dotnet() {
  command -v dotnet >/dev/null || die "the .NET SDK 10 is missing; install it from your distribution or with Microsoft's dotnet-install script, and put 'dotnet' on PATH"
  (cd "$root" && dotnet --version >/dev/null 2>&1) || die "no .NET SDK 10 found (dotnet --list-sdks shows what is there)"
}

need_npm() {
  command -v npm >/dev/null || "$root/deploy/lib/apt-install" npm:npm node:nodejs
}

# What the package feed allows; found out once, remembered in .granary/profile.props.
profile() {
  if [ -n "${PackageProfile:-}" ]; then say "$PackageProfile"; return; fi
  sed -n 's:.*<PackageProfile[^>]*>\(.*\)</PackageProfile>.*:\1:p' "$root/.granary/profile.props" 2>/dev/null
}
