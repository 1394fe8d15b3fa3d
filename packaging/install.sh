#!/bin/sh
# Installs, upgrades or removes the dialler on a telephony host. Run it from the unpacked archive, or from
# /opt/cpd-dialler/current. May be run again at any time; configuration and data are never overwritten.
set -eu
umask 022

usage() {
  cat <<'USAGE'
usage: install.sh [--root DIR]                    install, upgrade or repair
       install.sh --remove [--purge] [--root DIR]

  --root DIR  work below DIR and leave the machine alone: no user, no services
  --remove    take programs and units away; configuration and data stay
  --purge     with --remove: configuration, data and the user go as well
USAGE
}

say() { printf '%s\n' "$*"; }
die() {
  printf 'install: %s\n' "$1" >&2
  exit "${2:-1}"
}

root=
remove=no
purge=no
while [ $# -gt 0 ]; do
  case $1 in
    --root)
      [ $# -ge 2 ] || die "--root: a folder is expected after it" 2
      root=$2
      [ -n "$root" ] || die "--root: a folder is expected, found nothing" 2
      shift
      ;;
    --remove) remove=yes ;;
    --purge) purge=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      die "unknown option $1" 2
      ;;
  esac
  shift
done
[ "$purge" = no ] || [ "$remove" = yes ] || die "--purge goes with --remove" 2

here=$(cd "$(dirname "$0")" && pwd -P)
user=cpd-dialler
if [ -n "$root" ]; then
  mkdir -p "$root" || die "--root $root: cannot be made"
  root=$(cd "$root" && pwd -P)
  # --root / is the machine itself.
  [ "$root" != / ] || root=
fi
machine=yes
[ -z "$root" ] || machine=no
[ "$machine" = no ] || [ "$(id -u)" = 0 ] || die "must be run as root (or with --root DIR)"

opt=$root/opt/cpd-dialler
etc=$root/etc/cpd-dialler
var=$root/var/lib/cpd-dialler
# The administrator's own units and drop-ins live in /etc/systemd/system; ours stay out of there.
units=$root/usr/local/lib/systemd/system
sysusers=$root/usr/local/lib/sysusers.d
tmpfiles=$root/usr/local/lib/tmpfiles.d
command=$root/usr/local/bin/cpdctl

systemd_runs() { [ "$machine" = yes ] && [ -d /run/systemd/system ]; }

remove_all() {
  if systemd_runs; then
    for unit in cpdd ocsd; do
      [ ! -e "$units/$unit.service" ] || systemctl disable --now "$unit.service" || true
    done
  fi
  rm -f "$units/cpdd.service" "$units/ocsd.service" "$command"
  rm -f "$sysusers/cpd-dialler.conf" "$tmpfiles/cpd-dialler.conf"
  if systemd_runs; then systemctl daemon-reload; fi
  rm -rf "$opt"
  if [ "$purge" = yes ]; then
    rm -rf "$etc" "$var"
    if [ "$machine" = yes ] && id "$user" >/dev/null 2>&1; then userdel "$user"; fi
    say "removed, with configuration and data"
  else
    say "removed; kept: ${etc#"$root"} ${var#"$root"}"
  fi
}

make_user() {
  [ "$machine" = yes ] || return 0
  if command -v systemd-sysusers >/dev/null 2>&1; then
    systemd-sysusers "$sysusers/cpd-dialler.conf"
  elif ! id "$user" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /var/lib/cpd-dialler \
      --shell /usr/sbin/nologin "$user"
  fi
}

make_folders() {
  mkdir -p "$etc" "$var/cpdd" "$var/ocsd"
  chmod 0750 "$etc" "$var" "$var/cpdd" "$var/ocsd"
  [ "$machine" = yes ] || return 0
  if command -v systemd-tmpfiles >/dev/null 2>&1; then
    systemd-tmpfiles --create "$tmpfiles/cpd-dialler.conf"
  else
    chown "root:$user" "$etc"
    chown "$user:$user" "$var" "$var/cpdd" "$var/ocsd"
  fi
}

# Our default beside the administrator's file when they differ; never over it.
put_config() {
  default=$here/examples/config/$1
  if [ ! -e "$etc/$1" ]; then
    install -m 0640 "$default" "$etc/$1"
  elif cmp -s "$default" "$etc/$1"; then
    rm -f "$etc/$1.new"
  else
    install -m 0640 "$default" "$etc/$1.new"
    say "kept ${etc#"$root"}/$1; this version's default is $1.new"
  fi
  [ "$machine" = no ] || chown "root:$user" "$etc/$1"
}

# A whole tree beside the old one, then one rename: a broken copy never becomes current.
put_programs() {
  mkdir -p "$opt"
  rm -rf "$opt"/.new-* "$opt"/.old-*
  if [ "$here" != "$opt/$version" ]; then
    cp -R "$here" "$opt/.new-$version"
    chmod -R go-w,a+rX "$opt/.new-$version"
    [ "$machine" = no ] || chown -R root:root "$opt/.new-$version"
    [ ! -e "$opt/$version" ] || mv "$opt/$version" "$opt/.old-$version"
    mv "$opt/.new-$version" "$opt/$version"
    rm -rf "$opt/.old-$version"
  fi
  before=$(readlink "$opt/current" 2>/dev/null || true)
  ln -sfn "$version" "$opt/.current"
  mv -Tf "$opt/.current" "$opt/current"
  # The version before this one stays for the way back; older ones go.
  for old in "$opt"/*; do
    name=${old##*/}
    case $name in
      current | "$version" | "$before") ;;
      *) [ "$before" = "$version" ] || rm -rf "$old" ;;
    esac
  done
}

put_units() {
  mkdir -p "$units" "$sysusers" "$tmpfiles" "${command%/*}"
  install -m 0644 "$here/systemd/cpdd.service" "$here/systemd/ocsd.service" "$units/"
  install -m 0644 "$here/systemd/cpd-dialler.sysusers.conf" "$sysusers/cpd-dialler.conf"
  install -m 0644 "$here/systemd/cpd-dialler.tmpfiles.conf" "$tmpfiles/cpd-dialler.conf"
  ln -sfn ../../../opt/cpd-dialler/current/bin/cpdctl "$command"
}

install_all() {
  if [ ! -f "$here/VERSION" ] || [ ! -x "$here/bin/node" ]; then die "$here is not an unpacked archive"; fi
  version=$(cat "$here/VERSION")
  "$here/bin/node" --version >/dev/null 2>&1 ||
    die "the runtime does not run here: this archive is for linux-$(cat "$here/ARCH"), the machine is $(uname -sm)"
  before=
  put_units
  make_user
  make_folders
  put_programs
  put_config ocsd.yaml
  put_config cpdd.yaml
  say "installed $version${before:+ (was $before)}"
  systemd_runs || return 0
  systemctl daemon-reload
  if systemctl --quiet is-active cpdd.service ocsd.service; then
    say "running services keep the old version until: systemctl restart ocsd cpdd (cpdd drains first)"
  else
    say "edit /etc/cpd-dialler/*.yaml, then: systemctl enable --now ocsd cpdd"
  fi
}

if [ "$remove" = yes ]; then remove_all; else install_all; fi
