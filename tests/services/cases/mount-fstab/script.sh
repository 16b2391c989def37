cp /etc/fstab /tmp/t-fstab
mkdir -p /mnt/t-src
cat >> /etc/fstab <<'F'
tmpfs /mnt/t-f1 tmpfs size=1M,x-systemd.mkdir 0 0
/mnt/t-src /mnt/t-f2 none bind,nofail 0 0
/dev/t-none /mnt/t-f3 ext4 noauto,nofail,x-systemd.device-timeout=3 0 2
tmpfs /mnt/t-f4 tmpfs noauto 0 0
server:/x /mnt/t-f5 nfs defaults,nofail 0 0
/mnt/t-img /mnt/t-f6 ext4 loop,x-systemd.requires=t-fr.service,x-systemd.before=t-fb.service,x-systemd.after=t-fa.service,x-systemd.wanted-by=t-fw.target,nofail 0 0
tmpfs /mnt/t-f7\040x tmpfs x-systemd.requires-mounts-for=/mnt/t-f1,x-systemd.mount-timeout=7s,x-systemd.rw-only 0 0
UUID=1234-ABCD /mnt/t-f8 vfat ro,noauto,user 0 0
LABEL=t/x /mnt/t-f9 auto _netdev,nofail 0 0
tmpfs /mnt/t-f10 tmpfs x-systemd.required-by=t-fq.target,comment=x 0 0
tmpfs /mnt/t-f1 tmpfs size=2M 0 0
overlay /mnt/t-f11 overlay lowerdir=/etc,upperdir=/mnt/t-u,workdir=/mnt/t-w,noauto 0 0
garbage
/dev/t-none2 /mnt/t-f12 ext4 x-systemd.automount,x-systemd.idle-timeout=5min,noauto 0 0
tmpfs /mnt/t-f13 tmpfs x-systemd.automount 0 0
/dev/t-none3 none swap sw,pri=5,nofail 0 0
/mnt/t-swap none swap noauto 0 0
F
dr
rs "cd /run/systemd/generator; find . -name '*t?x2d*' | sort; "
for n in f1 f2 f3 f4 f5 f6 'f7\x20x' f8 f9 f10 f11 f12 f13; do rs "cat '/run/systemd/generator/mnt-t\\x2d$n.mount'"; done
rs "cd /run/systemd/generator; for f in *t?x2d*.automount *t?x2d*.swap; do echo \$f; cat \$f; done"
rs "cd /run/systemd/generator; find . -type l -name '*t?x2d*' -printf '%p -> %l\n' | sort"
rs "cd /run/systemd/generator; find . -name '*.conf' | grep t.x2d | sort | while read -r f; do echo \$f; cat \$f; done"
r systemctl start 'mnt-t\x2df1.mount' 'mnt-t\x2df2.mount' 'mnt-t\x2df7\x20x.mount' 'mnt-t\x2df10.mount'
s 'mnt-t\x2df1.mount' 'mnt-t\x2df2.mount' 'mnt-t\x2df7\x20x.mount' 'mnt-t\x2df10.mount'
r systemctl status 'mnt-t\x2df1.mount' --no-pager -n0
r systemctl show 'mnt-t\x2df1.mount' 'mnt-t\x2df7\x20x.mount' -p Id,Requires,Wants,Before,After,Conflicts,RequiredBy,WantedBy,SourcePath,UnitFileState,What,Options
rs "findmnt -r -n -o TARGET,FSTYPE,SOURCE,OPTIONS | grep /mnt/t-f1 | sort"
r systemctl is-enabled 'mnt-t\x2df1.mount'
tm systemctl start 'mnt-t\x2df3.mount'
p 'mnt-t\x2df3.mount' ActiveState,Result
log 'mnt-t\x2df3.mount'
rs "journalctl -b -o cat -q --no-pager | grep -E 'Duplicate entry|is not a valid path' | sort -u"
systemctl stop 'mnt-t*.mount' 'mnt-t*.automount'; umount /mnt/t-f1 /mnt/t-f2 /mnt/t-f10 2> /dev/null; cp /tmp/t-fstab /etc/fstab; dr
r systemctl show 'mnt-t\x2df1.mount' -p LoadState,ActiveState
rm -rf /mnt/t-*
