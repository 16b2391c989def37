mkdir /mnt/t-ma /mnt/t-mab
mount -t tmpfs -o size=1M t-src /mnt/t-ma
w 'mnt-t\x2dma.mount' mounted
r systemctl show 'mnt-t\x2dma.mount' -p Id,LoadState,ActiveState,SubState,Result,FragmentPath,SourcePath,What,Where,Type,Options,Description,Requires,Before,After,Conflicts,UnitFileState,RequiredBy
r systemctl list-units --no-pager '*t\x2dma*'
r systemctl status 'mnt-t\x2dma.mount' -n0
r systemctl is-active /mnt/t-ma
mount --bind /etc /mnt/t-mab
w 'mnt-t\x2dmab.mount' mounted
r systemctl show 'mnt-t\x2dmab.mount' -p What,Where,Type,ActiveState
umount /mnt/t-mab
w 'mnt-t\x2dmab.mount' dead
p 'mnt-t\x2dmab.mount' LoadState,ActiveState,SubState
mkdir '/mnt/t-ma/a b'
mount -t tmpfs none '/mnt/t-ma/a b'
w 'mnt-t\x2dma-a\x20b.mount' mounted
r systemctl show 'mnt-t\x2dma-a\x20b.mount' -p Where,What,After,RequiresMountsFor
r systemctl stop 'mnt-t\x2dma.mount'
p 'mnt-t\x2dma.mount' LoadState,ActiveState,SubState
p 'mnt-t\x2dma-a\x20b.mount' LoadState,ActiveState,SubState
rs "grep -c t-ma /proc/self/mountinfo"
r systemctl start 'mnt-t\x2dma.mount'
r systemctl stop 'mnt-t\x2dma.mount'
umount '/mnt/t-ma/a b' /mnt/t-ma; w 'mnt-t\x2dma.mount' dead; rmdir /mnt/t-ma /mnt/t-mab
r systemctl show -p Id,LoadState,ActiveState,SubState,Where,Type,Description,Perpetual,CanStop,CanStart,FragmentPath,SourcePath,Slice,IgnoreOnIsolate -- -.mount
r systemctl stop -- -.mount
r systemctl list-units --no-pager --no-legend -t mount -- -.mount
r systemctl list-units --no-pager --no-legend -t mount run-lock.mount dev-shm.mount
r systemctl status --no-pager -n0 -- -.mount
