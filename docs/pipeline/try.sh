#!/usr/bin/env bash
# Sends one message through a stack, from its creation to its search.
#   ADMIN_KEY=… try.sh STACK
set -euo pipefail

url=$(aws cloudformation describe-stacks --stack-name "$1" \
  --query "Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue" --output text)
call() { curl --silent --show-error --fail --max-time 30 "$@"; }

call "$url/health/ready" > /dev/null
# One application for all releases: the same key gives the same answer for a day.
token=$(call --request POST --header "Authorization: Bearer $ADMIN_KEY" \
  --header "Idempotency-Key: pipeline" "$url/applications?name=Pipeline" | jq --raw-output .access_token)
echo "::add-mask::$token"
application=$url/applications/$token
chat=$(call --request POST "$application/chats" | jq .number)
word=release$(date +%s)
call --request POST --data-urlencode "body=$word" "$application/chats/$chat/messages" > /dev/null

for _ in $(seq 60); do
  found=$(call "$application/chats/$chat/messages/search?keyword=$word" | jq length || true)
  [ "$found" = 1 ] && echo "found after it was sent" && exit
  sleep 1
done
echo "the message was not found within a minute" >&2
exit 1
