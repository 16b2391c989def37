systemctl enable -q t-sht; systemctl start t-sht
r systemctl show t-sht -p ActiveEnterTimestamp,ExecMainStartTimestamp,StateChangeTimestamp,InactiveEnterTimestamp,ActiveExitTimestamp
systemctl stop t-sht
r systemctl show t-sht -p ActiveEnterTimestamp,InactiveEnterTimestamp,ExecMainExitTimestamp,ExecMainStatus,ActiveExitTimestamp
r systemctl show t-sht --timestamp=unix -p ActiveEnterTimestamp
r systemctl show t-sht --timestamp=us -p ActiveEnterTimestamp
r systemctl show t-sht --timestamp=utc -p ActiveEnterTimestamp
r systemctl show t-sht --timestamp=bogus -p ActiveEnterTimestamp
systemctl disable -q t-sht
