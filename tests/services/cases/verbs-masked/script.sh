mv $U/t-vm.service /usr/lib/systemd/system/; dr
r systemctl mask t-vm
for v in is-enabled is-active is-failed start restart stop reload try-restart reload-or-restart enable disable reenable status cat kill reset-failed; do r systemctl $v t-vm; done
p t-vm LoadState,ActiveState,SubState,UnitFileState,LoadError,FragmentPath
r systemctl mask t-vm
r systemctl unmask t-vm
r systemctl unmask t-vm
r systemctl is-enabled t-vm
rm /usr/lib/systemd/system/t-vm.service; dr
