r systemctl start mnt-tambad.automount
rs 'ls /mnt/tambad/file'
automount mnt-tambad
r systemctl stop mnt-tambad.automount
r systemctl start mnt-tamidle.automount
rs 'cd /mnt/tamidle && ls && systemctl show -P SubState mnt-tamidle.automount'
w mnt-tamidle.automount waiting
automount mnt-tamidle
umount -l /mnt/tamidle
w mnt-tamidle.automount failed
p mnt-tamidle.automount ActiveState,SubState,Result
r systemctl reset-failed
mount -t tmpfs t-am /mnt/tamidle
r systemctl start mnt-tamidle.automount
umount /mnt/tamidle
rmdir /mnt/tambad /mnt/tamidle
rm -f $U/mnt-tam*
