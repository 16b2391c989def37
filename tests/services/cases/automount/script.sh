requests() { rs "journalctl -u $1.automount -o cat --no-pager -q | sed 's/triggered by [0-9]*/triggered by PID/'"; }
# Whoever looks at the folder itself does not go into it.
r systemctl start mnt-tam.automount
rs 'stat -c %a /mnt/tam'
automount mnt-tam
r systemctl status mnt-tam.automount -n0
rs 'ls /mnt/tam/'
automount mnt-tam
r systemctl status mnt-tam.automount -n0
requests mnt-tam
r systemctl stop mnt-tam.mount
automount mnt-tam
rs 'ls /mnt/tam/ & ls /mnt/tam/ & wait'
automount mnt-tam
r systemctl stop mnt-tam.mount
r systemctl daemon-reexec
rs 'touch /mnt/tam/file; ls /mnt/tam'
r systemctl daemon-reexec
automount mnt-tam
r systemctl start mnt-tam.automount
r systemctl stop mnt-tam.automount
automount mnt-tam
rmdir /mnt/tam
rm -f $U/mnt-tam*
