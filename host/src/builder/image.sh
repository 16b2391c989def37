#!/bin/sh
# Makes an ext4 image: runs as root, of a user namespace or the real one. It cannot read the caller's files, so all
# comes through pipes. stdin: the layer's tar and then lohar's; stdout: a tar of the image, its kernel and dpkg's status.
# $1: folder for the unpacked root; $2: file-system label; $3: size in MiB; $4: "tier", or "root" for one that is as it is
# to be. Nothing below such a root may be touched by name: its folders may be links to anywhere.
set -eu
work=$(mktemp -d "$1/bhatti-image.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP PIPE
mkdir "$work/root" "$work/out"

tar -x --ignore-zeros -p --numeric-owner --xattrs --xattrs-include='*' -C "$work/root"

if [ "$4" = tier ]; then
  # The kernel mounts devtmpfs there.
  mkdir -p "$work/root/dev"
  # The build's resolver and host name came along; lohar writes both at boot.
  for name in resolv.conf hostname; do
    rm -f "$work/root/etc/$name"
    : >"$work/root/etc/$name"
  done
  mv "$work"/root/boot/vmlinuz-* "$work/out/"
  cp "$work/root/var/lib/dpkg/status" "$work/out/status"
fi

# lazy_*_init=0: else the guest's kernel would spend its first minutes zeroing tables, into every overlay.
# resize: room in the tables to grow to 1 TiB. The default is so large that one step of growing does not fit into the
# small journal, and the kernel refuses with ENOSPC (ext4_flex_group_add asks for a credit each reserved block).
# Nothing runs short of space but a user's own data: 1 % for root is plenty.
truncate -s "$3M" "$work/out/image"
mke2fs -q -F -t ext4 -L "$2" -m 1 -J size=16 -E resize=268435456,lazy_itable_init=0,lazy_journal_init=0 \
  -d "$work/root" "$work/out/image"
rm -rf "$work/root"
tar -c -S -C "$work/out" .
