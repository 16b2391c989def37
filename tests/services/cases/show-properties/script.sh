systemctl start t-shp
r systemctl show t-shp -P Id
r systemctl show t-shp --value -p Id -p ActiveState
r systemctl show t-shp -p ActiveState,Id,Type,Names,LoadState,Description
r systemctl show t-shp -p Bogus
r systemctl show t-shp -P Bogus
r systemctl show t-shp --property=Id --property=SubState
rs "systemctl show t-shp | cut -d= -f1 | tr '\n' ' '"
rs "systemctl show t-shp -a | cut -d= -f1 | tr '\n' ' '"
r systemctl show -p DefaultTimeoutStartUSec,DefaultTimeoutStopUSec,DefaultRestartUSec,DefaultStartLimitBurst,DefaultStandardOutput,Architecture,LogLevel,LogTarget,ConfirmSpawn,ServiceWatchdogs,DefaultMemoryAccounting
rs "systemctl show t-shp -p ExecStart | sed 's/start_time=[^;]*/start_time=T /; s/pid=[0-9]*/pid=N/'"
