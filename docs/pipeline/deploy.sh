#!/usr/bin/env bash
# Updates a stack with what `sam build` has made, and leaves its parameters as they are.
#   deploy.sh STACK [MINUTES]
# With MINUTES, CloudFormation watches five of the stack's alarms while it updates and for so long
# afterwards; where one rings, it takes the whole update back:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
set -euo pipefail
stack=$1 minutes=${2:-}
PATH=$PWD/.tools/bin:$PATH

if [ -e release.tar.gz ]; then
  tar --extract --gzip --file=release.tar.gz
fi

of_stack() { # NAME QUERY
  aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output "${3:-text}"
}

target/release/chatctl --stack "$stack" preflight

sam package --template-file .aws-sam/build/template.yaml --resolve-s3 \
  --output-template-file packaged.yaml
bucket=$(of_stack aws-sam-cli-managed-default "Outputs[?OutputKey=='SourceBucket'].OutputValue")
key=$stack/$(sha256sum packaged.yaml | cut -d ' ' -f 1).template
aws s3 cp --quiet packaged.yaml "s3://$bucket/$key"
template=https://$bucket.s3.$AWS_REGION.amazonaws.com/$key

# Of the template's parameters those that the stack has keep their values, and new ones get defaults.
old=$(of_stack "$stack" "Parameters[].ParameterKey" json)
new=$(aws cloudformation get-template-summary --template-url "$template" \
  --query "Parameters[].ParameterKey" --output json)
jq --null-input --argjson old "$old" --argjson new "$new" \
  '[$old[] | select(IN($new[])) | {ParameterKey: ., UsePreviousValue: true}]' > parameters.json

watched='{}'
if [ -n "$minutes" ]; then
  account=$(aws sts get-caller-identity --query Account --output text)
  alarms=(server-errors slow-answers worker-errors dead-letters function-throttles)
  watched=$(printf '%s\n' "${alarms[@]}" |
    jq --raw-input --slurp --arg alarm "arn:aws:cloudwatch:$AWS_REGION:$account:alarm:$stack-" \
      --argjson minutes "$minutes" '{MonitoringTimeInMinutes: $minutes, RollbackTriggers:
        [split("\n")[] | select(. != "") | {Arn: ($alarm + .), Type: "AWS::CloudWatch::Alarm"}]}')
fi

change=release-$(date +%s)
aws cloudformation create-change-set --stack-name "$stack" --change-set-name "$change" \
  --template-url "$template" --parameters file://parameters.json \
  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --tags Key=service,Value=lambda-chat \
  --rollback-configuration "$watched" > change.json
if ! aws cloudformation wait change-set-create-complete --stack-name "$stack" \
  --change-set-name "$change"; then
  reason=$(aws cloudformation describe-change-set --stack-name "$stack" \
    --change-set-name "$change" --query StatusReason --output text)
  aws cloudformation delete-change-set --stack-name "$stack" --change-set-name "$change"
  case $reason in
    *"didn't contain changes"* | *"No updates are to be performed"*) echo "nothing changes" && exit ;;
    *) echo "$reason" >&2 && exit 1 ;;
  esac
fi
aws cloudformation execute-change-set --stack-name "$stack" --change-set-name "$change"
# It fails where the update was taken back.
aws cloudformation wait stack-update-complete --stack-name "$stack"
