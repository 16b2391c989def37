r systemctl poweroff --dry-run --when=show
r systemctl reboot --when=bogus
r systemctl halt --bogus
r shutdown --bogus
r shutdown --help
r systemctl suspend --check-inhibitors=bogus
