rs "journalctl --disk-usage | sed 's/[0-9.]*[KMG]/SIZE/'"
r journalctl --rotate
r journalctl --flush
r journalctl --sync
r journalctl --relinquish-var
rs "journalctl --vacuum-time=1s 2>&1 | sed -E 's/^Deleted.*/Deleted/; s/[0-9.]+[BKMG]/SIZE/' | grep -v Deleted | sort -u | grep -c Vacuuming"
r journalctl --vacuum-size=bogus
r journalctl --vacuum-time=bogus
r journalctl --vacuum-files=bogus
r journalctl --update-catalog
r journalctl --verify --bogus
