r systemctl start t-tsh.timer
systemctl show t-tsh.timer | cut -d= -f1 | grep -v UnitFilePreset | tr '\n' ' '; echo
rs "systemctl show t-tsh.timer -p Unit,TimersMonotonic,TimersCalendar,OnClockChange,OnTimezoneChange,NextElapseUSecRealtime,LastTriggerUSec,LastTriggerUSecMonotonic,Result,AccuracyUSec,RandomizedDelayUSec,FixedRandomDelay,Persistent,WakeSystem,RemainAfterElapse | sed 's/elapse=2h .*/elapse=N }/'"
r systemctl show t-tsh.timer -p Before,After,Triggers,Conflicts,Requires
r systemctl show t-tsh2.timer -p Unit,TimersMonotonic,TimersCalendar,NextElapseUSecRealtime,NextElapseUSecMonotonic,LastTriggerUSec,LastTriggerUSecMonotonic,Result,ActiveState
r systemctl start t-tsh2.timer
r systemctl show t-tsh2.timer -p NextElapseUSecMonotonic,SubState,TimersMonotonic
r systemctl list-timers --all 't-tsh*'
rs "systemctl list-timers t-tsh --output=json | sed 's/[0-9]\{16\}/N/g'"
systemctl daemon-reload
r systemctl show t-tsh2.timer -p SubState,TimersMonotonic
r systemctl stop t-tsh.timer t-tsh2.timer
