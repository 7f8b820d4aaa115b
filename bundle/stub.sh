#!/bin/sh
# 叫号 Jiaohao @VERSION@. Installs or renews a hall: sh FILE [--root DIR] [--role hub|kiosk|boards] [--key PUBLIC_KEY] …
# Nothing that comes with this file runs before its signature is proven, but these lines: read them.
set -eu
umask 022
self="$0" root="" key=""
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in zh*) zh=yes ;; *) zh="" ;; esac
say() { if [ -n "$zh" ]; then echo "$1" >&2; else echo "$2" >&2; fi; }
no() { say "$1" "$2"; exit 1; }

awaited=""
for word in "$@"; do
  case "$awaited" in --root) root="$word" ;; --key) key="$(readlink -f "$word")" ;; esac
  awaited="$word"
done
[ -z "$root" ] || { mkdir -p "$root"; root="$(readlink -f "$root")"; }

command -v openssl >/dev/null || no \
  "没有 openssl，不能核对签名：请从Debian安装盘装上它（apt-get install openssl），再运行一次。" \
  "openssl is missing and the signature can't be checked: install it from Debian's medium (apt-get install openssl), then run this again."
[ -n "$root" ] || [ "$(id -u)" = 0 ] || no "请用root运行：sudo sh $self" "Run it as root: sudo sh $self"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
begins="$(awk '/^#PAYLOAD$/ { print NR + 1; exit }' "$self")"
tail -n "+$begins" "$self" | tar -xf - -C "$work" || no "$self：文件不完整：请重新拷贝。" "$self: the file is not whole; copy it again."
here="$(pwd)"
cd "$work"

known="$root/opt/jiaohao/release.pub" old="$root/etc/jiaohao"
# Where earlier versions had it; a folder that is another user's now could hold anybody's key.
if [ ! -f "$known" ] && [ "$(stat -c %u "$old" 2>/dev/null)" = "$(id -u)" ]; then known="$old/release.pub"; fi
if [ -f "$known" ]; then key="$known"; fi
if [ -z "$key" ]; then
  key=release.pub
  mark="$(openssl pkey -pubin -in release.pub -outform DER | sha256sum | cut -c1-64 | sed 's/..../& /g; s/ $//')"
  say "第一次安装，请核对发布者公钥的指纹：$mark" "First install; compare the fingerprint of the publisher's key: $mark"
fi
openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in MANIFEST -sigfile MANIFEST.sig >/dev/null 2>&1 || no \
  "$self：签名不对：不是本厅信任的发布者做的，或被改动过；什么也没有运行。" \
  "$self: the signature is wrong: not made by the publisher this hall trusts, or changed; nothing was run."
sha256sum --check --strict --quiet MANIFEST >&2 || no "$self：内容与清单不符：请重新拷贝。" "$self: differs from its list; copy it again."
[ "$(find . ! -type d | wc -l)" = "$(($(wc -l < MANIFEST) + 2))" ] || no "$self：有清单以外的文件。" "$self: holds a file that is not on its list."

. /etc/os-release
target="debian${VERSION_ID:-}-$(dpkg --print-architecture)"
[ -d "$target" ] || no "$self：不是为这种机器做的（$target）。" "$self: not made for this kind of machine ($target)."
if [ -z "$root" ]; then
  missing=""
  while read -r file; do
    name="${file%%_*}"; rest="${file#*_}"; version="$(echo "${rest%_*}" | sed 's/%3a/:/')"
    there="$(dpkg-query -W -f '${Status} ${Version}' "$name" 2>/dev/null || true)"
    case "$there" in
      "install ok installed "*) dpkg --compare-versions "${there##* }" ge "$version" && continue ;;
    esac
    missing="$missing $work/debs/$file"
  done < "$target/packages"
  if [ -n "$missing" ]; then
    say "安装Debian软件包……" "installing Debian packages …"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2 || no \
      "Debian软件包没有装上：原因在上面。" "The Debian packages could not be installed: the reason stands above."
  fi
fi
mkdir program
tar -xf program.tar -C program
status=0
(cd program && python3 -m bundle.installing --from "$work" --here "$here" --target "$target" --version "@VERSION@" "$@") || status=$?
exit "$status"
#PAYLOAD
