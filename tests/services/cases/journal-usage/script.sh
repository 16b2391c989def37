r journalctl --bogus
r journalctl -n abc
r journalctl -n -5
r journalctl -I
r journalctl --version
rs 'journalctl -n | wc -l'
r journalctl --follow --reverse
r journalctl --merge --boot=bogus
r journalctl -u
r journalctl --case-sensitive=bogus
r journalctl --output-fields=MESSAGE -u t-none -o json
r journalctl --li
r journalctl --no
