#!/bin/bash
# Answers scripts that come over a virtio-serial port: "LENGTH\n" and the script, back go "CODE LENGTH\n" and what it wrote.
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# As in a tier: apt's daily work would begin in the middle of a recording.
systemctl -q mask --now apt-daily.timer apt-daily-upgrade.timer
# The network of a sandbox: daemons listen on what addresses there are.
echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2
# A daemon that asks for its own name waits for a name server otherwise.
printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n::1\tip6-localhost ip6-loopback\n' "$(hostname)" >/etc/hosts
# Without udev it has no other name.
exec 3<>"/dev/$(ls /sys/class/virtio-ports)"
echo ready >&3
while read -r length <&3; do
  head -c "$length" <&3 >/run/field-script
  bash /run/field-script >/run/field-said 2>&1 </dev/null 3>&-
  echo "$? $(stat -c %s /run/field-said)" >&3
  cat /run/field-said >&3
done
