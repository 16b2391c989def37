look() {
  p "$1.automount" ActiveState,SubState,Result; p "$1.mount" ActiveState,SubState,Result
  rs "grep ' /${1/-//} ' /proc/mounts | cut -d' ' -f1-3"
}
r systemctl start mnt-tambad.automount
rs 'ls /mnt/tambad/file'
look mnt-tambad
r systemctl stop mnt-tambad.automount
r systemctl start mnt-tamidle.automount
rs 'cd /mnt/tamidle && ls && systemctl show -P SubState mnt-tamidle.automount'
w mnt-tamidle.automount waiting
look mnt-tamidle
umount -l /mnt/tamidle
w mnt-tamidle.automount failed
p mnt-tamidle.automount ActiveState,SubState,Result
r systemctl reset-failed
mount -t tmpfs t-am /mnt/tamidle
r systemctl start mnt-tamidle.automount
umount /mnt/tamidle
rmdir /mnt/tambad /mnt/tamidle
