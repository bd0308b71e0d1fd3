#!/usr/bin/env bash
# bash follow.sh http://127.0.0.1:8480/v1/elections/pcc.2024-05-02 night.tsv
# A line of the file is a cursor, a tab and what was told: the last one says where to go on, whatever was killed.
election=$1 file=$2 wait=1 again=
touch "$file"
[ -z "$(tail -c 1 "$file")" ] || sed -i '$d' "$file" # A line that was cut off.
for (( ; ; )); do
	cursor=$(tail -n 1 "$file" | cut -f 1)
	if [ -z "$cursor" ] || [ "$again" ]; then
		snapshot=$(curl -sSf --max-time 60 "$election/snapshot") || { sleep "$wait" && continue; }
		cursor=$(grep -o '"cursor":"[^"]*"' <<<"$snapshot" | head -n 1 | cut -d '"' -f 4)
		printf '%s\t%s\n' "$cursor" "$snapshot" >>"$file" && again=
	fi
	id='' event='' data=''
	while IFS=: read -r name value; do
		case $name in
		id) id=${value# } ;;
		event) event=${value# } ;;
		data) data=${value# } ;;
		retry) wait=$((value / 1000 + 1)) ;;
		'') # The end of a block.
			case $event in
			result | control | tally | headline) printf '%s\t%s\n' "$id" "$data" >>"$file" ;;
			resnapshot) again=yes ;;
			esac
			id='' event='' data='' ;;
		esac
	done < <(curl -sSfN --speed-limit 1 --speed-time 60 -H "Last-Event-ID: $cursor" "$election/events")
	sleep "$wait"
done
