r systemd-run --unit=t-run1 --wait /bin/sh -c 'exit 3'
r systemd-run --unit=t-run2 /bin/sleep 50
r systemctl show t-run2 -p Transient,FragmentPath,UnitFileState,LoadState,ActiveState,Description
r systemctl stop t-run2
r systemctl cat t-run2
r systemd-run --scope -q /bin/echo scoped
r systemd-run -q --pipe --wait /bin/echo piped
