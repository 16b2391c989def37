for v in start stop restart reload try-restart reload-or-restart try-reload-or-restart kill reset-failed cat status is-active is-failed is-enabled enable disable reenable preset mask unmask freeze thaw revert force-reload condrestart clean; do r systemctl $v t-vnf; done
rm -f $U/t-vnf.service
