systemctl start t-lua t-luc; systemctl start t-lub 2>/dev/null
r systemctl list-units 't-lu*'
r systemctl list-units --all 't-lu*'
r systemctl list-units --no-legend --plain 't-lu*'
r systemctl list-units --failed 't-lu*'
r systemctl list-units --state=failed --no-legend 't-lu*'
r systemctl --failed --plain --no-legend
r systemctl list-units --type=service --state=running --no-legend --plain 't-lu*'
r systemctl list-units --state=exited,failed --plain --no-legend 't-lu*'
r systemctl list-units t-luzz.service
r systemctl list-units --output=json 't-lu*'
r systemctl list-units --output=json-pretty t-lua.service
r systemctl list-units --type=timer,socket 't-lu*'
r systemctl list-units --full --no-pager t-lua.service
