r systemctl show t-lu.service -p LoadState,ActiveState,SubState,UnitFileState,MainPID,LoadError,Id
r systemctl is-active t-lu
r systemctl is-failed t-lu
r systemctl is-enabled t-lu
r systemctl status t-lu
r systemctl cat t-lu
r systemctl show t-lu.service -p ActiveEnterTimestamp,MemoryCurrent,TasksCurrent,Type,Restart,FragmentPath,User
