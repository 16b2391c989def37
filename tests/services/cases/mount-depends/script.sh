m() { printf "[Unit]\n$2[Mount]\nWhat=tmpfs\nWhere=/mnt/t-$1\nType=tmpfs\n" > "$U/mnt-t\\x2d$1.mount"; }
m md ''
m mdx 'StopWhenUnneeded=yes\n'
printf '[Unit]\nRequiresMountsFor=/mnt/t-md/data /mnt/t-mdx\n[Service]\nExecStart=/bin/sleep 9900\n' > $U/t-mdr.service
printf '[Service]\nWorkingDirectory=/mnt/t-md\nExecStart=/bin/sleep 9900\n' > $U/t-mdw.service
printf '[Service]\nStateDirectory=t-mds\nPrivateTmp=yes\nExecStart=/bin/sleep 9900\n' > $U/t-mds.service
printf '[Unit]\nRequiresMountsFor=/mnt/t-nosuch\n[Service]\nExecStart=/bin/sleep 9900\n' > $U/t-mdn.service
dr
for n in mdr mdw mds mdn; do r systemctl show t-$n -p RequiresMountsFor,Requires,After,Wants; done
r systemctl start t-mdr
s 'mnt-t\x2dmd.mount' 'mnt-t\x2dmdx.mount' t-mdr
r systemctl show 'mnt-t\x2dmd.mount' -p RequiredBy,Before
r systemctl stop 'mnt-t\x2dmd.mount'
s 'mnt-t\x2dmd.mount' t-mdr
w 'mnt-t\x2dmdx.mount' dead
s 'mnt-t\x2dmdx.mount'
r systemctl start t-mdw
umount -l /mnt/t-md
w 'mnt-t\x2dmd.mount' dead
for i in $(seq 30); do [ "$(systemctl is-active t-mdw)" = active ] || break; sleep .1; done
s t-mdw
r systemctl start t-mdn
mkdir -p /mnt/t-nosuch; mount -t tmpfs x /mnt/t-nosuch
w 'mnt-t\x2dnosuch.mount' mounted
r systemctl show t-mdn -p Requires,After
r systemctl stop 'mnt-t\x2dnosuch.mount'
s t-mdn
systemctl stop t-mdw t-mdr t-mdn 'mnt-t*.mount'; rm -rf $U/mnt-t* /mnt/t-*; dr
