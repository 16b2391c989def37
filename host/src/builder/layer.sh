#!/bin/bash
# Makes one layer: runs inside the new root, as its root, after the bootstrap or on top of the layer below.
# The builder leaves what the recipe asks for in /run/bhatti-build, one thing a line; no line holds a blank in a field.
set -eu
shopt -s extglob nullglob
in=/run/bhatti-build
export DEBIAN_FRONTEND=noninteractive
# A program drives a sandbox: no package may wait for an answer.
echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections

# Before packages: some are installed because it says that systemd is here.
if [ -d "$in/init-package" ]; then
  dpkg-deb --build --root-owner-group "$in/init-package" "$in/init.deb"
  dpkg -i "$in/init.deb"
fi

if [ -s "$in/packages" ]; then
  echo "bhatti: installing packages"
  xargs -a "$in/packages" apt-get -y -q --no-install-recommends -o APT::Sandbox::User=root \
    -o Dpkg::Options::=--force-confold install
fi

kernel=("$in"/kernel/*.deb)
if [ ${#kernel[@]} -gt 0 ]; then
  echo "bhatti: unpacking the kernel"
  # Unpacked, not installed: a guest neither upgrades its kernel nor needs grub and an initramfs.
  mkdir "$in/unpacked"
  for deb in "${kernel[@]}"; do dpkg-deb -x "$deb" "$in/unpacked"; done
  images=("$in"/unpacked/boot/vmlinuz-*)
  version=${images[0]##*/vmlinuz-}
  modules=$in/unpacked/lib/modules/$version
  [ -d "$modules" ] || modules=$in/unpacked/usr/lib/modules/$version
  while read -r cut; do rm -rf "$modules/kernel/$cut"; done <"$in/kernel-cut"
  mkdir -p /usr/lib/modules
  cp -a "$modules" /usr/lib/modules/
  depmod -a "$version"
  cp "$in/unpacked/boot/vmlinuz-$version" "$in/unpacked/boot/config-$version" /boot/
  chmod 0644 "/boot/vmlinuz-$version"
fi

if [ -s "$in/locales" ]; then
  echo "bhatti: generating locales"
  while read -r locale; do echo "$locale UTF-8" >>/etc/locale.gen; done <"$in/locales"
  locale-gen
  update-locale "LANG=$(head -n 1 "$in/locales")"
fi

while read -r name uid groups sudo; do
  groupadd --gid "$uid" "$name"
  useradd --create-home --uid "$uid" --gid "$uid" --shell /bin/bash "$name"
  [ "$groups" = - ] || usermod --append --groups "$groups" "$name"
  if [ "$sudo" = true ]; then
    echo "$name ALL=(ALL:ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$name"
    chmod 0440 "/etc/sudoers.d/$name"
  fi
done <"$in/users"

while read -r group user; do usermod --append --groups "$group" "$user"; done <"$in/members"

while read -r path owner mode; do
  install -d -o "$owner" -g "$owner" -m "$mode" "$path"
done <"$in/directories"

if [ -f "$in/npm.tar" ]; then tar -x -p -f "$in/npm.tar" -C /; fi
tar -x -p -f "$in/late.tar" -C /
while read -r path target; do ln -sfn "$target" "$path"; done <"$in/links"

# It wants to hear which package asks.
while read -r unit; do DPKG_MAINTSCRIPT_PACKAGE=bhatti deb-systemd-helper enable "$unit"; done <"$in/enable"

# The patterns of `cut` are bash's, expanded here on purpose (extglob).
while read -r cut; do rm -rf -- $cut; done <"$in/cut"

# Each sandbox gets its own; an empty file says "not yet" (machine-id(5)).
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id
