N='mnt-t\x2dms.mount'
printf '[Mount]\nWhat=tmpfs\nWhere=/mnt/t-ms\nType=tmpfs\n' > "$U/$N"
printf '[Mount]\nWhat=/dev/nosuch\nWhere=/mnt/t-ms/sub\nType=ext4\nOptions=nofail,noatime\nTimeoutSec=5\nLazyUnmount=yes\nForceUnmount=yes\nSloppyOptions=yes\nReadWriteOnly=yes\nNice=1\nMemoryMax=1G\nKillMode=mixed\n' > "$U/mnt-t\\x2dms-sub.mount"
printf '[Mount]\nWhat=tmpfs\nWhere=/mnt/t-msn\nType=tmpfs\n[Unit]\nDefaultDependencies=no\n' > "$U/mnt-t\\x2dmsn.mount"
printf '[Mount]\nWhat=server:/x\nWhere=/mnt/t-msr\nType=nfs\n' > "$U/mnt-t\\x2dmsr.mount"
printf '[Mount]\nWhat=/etc\nWhere=/mnt/t-msb\nType=none\nOptions=bind\n' > "$U/mnt-t\\x2dmsb.mount"
dr
for n in ms ms-sub msn msr msb; do n="mnt-t\\x2d$n.mount"; r systemctl show "$n" -p Id,Requires,Wants,BindsTo,Before,After,Conflicts,RequiredBy,WantedBy,RequiresMountsFor,Description,LoadState,FragmentPath,What,Where,Type,Options; done
r systemctl show 'mnt-t\x2dms-sub.mount' -p TimeoutUSec,LazyUnmount,ForceUnmount,SloppyOptions,ReadWriteOnly,Nice,MemoryMax,KillMode,Slice,DirectoryMode,UID,GID,ExecMount,ExecUnmount,ExecRemount
rs "systemctl show '$N' | cut -d= -f1 | tr '\n' ' '"
r systemctl cat "$N"
rm $U/mnt-t*; dr
