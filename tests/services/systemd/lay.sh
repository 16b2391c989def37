#!/bin/sh
# Turns the root of the cases' tier into one with real systemd: runs inside it, as its root.
set -eu
rm -f /etc/apt/preferences.d/bhatti
dpkg --remove --force-remove-protected bhatti-init
apt-get -q update
apt-get -y -q --no-install-recommends -o APT::Sandbox::User=root install systemd systemd-sysv dbus
rm -rf /var/lib/apt/lists/*
# Set, so that no boot is the first one.
echo 0123456789abcdef0123456789abcdef >/etc/machine-id

cat >/etc/systemd/system/record.service <<'UNIT'
[Unit]
Description=Cases of the differential suite
After=multi-user.target

[Service]
ExecStart=/bin/sh -c 'mount /dev/vdb /mnt && bash /mnt/guest/driver.sh /mnt/cases /mnt/answers; umount /mnt; systemctl --force --force reboot'
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
KillMode=process

[Install]
WantedBy=graphical.target
UNIT
systemctl enable record.service
