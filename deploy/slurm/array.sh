#!/bin/bash
# One run as an array job of Slurm: SHARES tasks stage their share of the units into one folder, and a job behind them decides and writes.
#
#     SHARES=200 CORES=8 deploy/slurm/array.sh --input '/data/crawl/*.warc.gz' --output /data/corpus
#
# All nodes must see --input and --output under these names: a shared file system, or s3:// and gs://. The last job begins when every task
# has ended, however it did; it stages what tasks left, and says so. The same line again goes on with all that was killed or failed:
# a finished share ends at once. To end it all cancel both jobs: the last one would begin where only the array is cancelled.
# TRIPTYCH names the program, where it is not on the PATH. SBATCH_OPTIONS holds further options of sbatch, for example
# SBATCH_OPTIONS="--partition=long". Most clusters take 1,000 shares at most: `scontrol show config | grep MaxArraySize`.
#
# A node that is lost, or wanted by others, gives its task back to the queue; the task then goes on from what it staged.
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
export SHARES="${SHARES:-100}" CORES="${CORES:-4}" TRIPTYCH="${TRIPTYCH:-triptych}"

case "${TRIPTYCH_PART:-}" in
share) exec "$TRIPTYCH" run --units "$SLURM_ARRAY_TASK_ID/$SHARES" --workers "$CORES" "$@" ;;
rest) exec "$TRIPTYCH" run --workers "$CORES" "$@" ;;
esac

if [ $# -eq 0 ]; then
    echo "usage: SHARES=N CORES=N $0 OPTIONS OF triptych run" >&2
    exit 2
fi
if ! command -v "$TRIPTYCH" >/dev/null; then
    echo "no program $TRIPTYCH here: activate its environment, or say TRIPTYCH=/path/to/triptych, as the nodes see it" >&2
    exit 2
fi
# A worker takes 350 MB and its child as much as a page needs, 2 GB at most. The last words unquoted: several options are several words.
options=(--cpus-per-task="$CORES" --mem-per-cpu="${MEMORY:-2500M}" --time="${TIME:-24:00:00}" ${SBATCH_OPTIONS:-})
share=$(sbatch --parsable --job-name=share --array="1-$SHARES" --output=triptych-%x-%A_%a.out \
    --export=ALL,TRIPTYCH_PART=share "${options[@]}" "$0" "$@")
share=${share%%;*}
echo "array $share stages $SHARES shares"
rest=$(sbatch --parsable --job-name=rest --dependency="afterany:$share" --output=triptych-%x-%j.out \
    --export=ALL,TRIPTYCH_PART=rest "${options[@]}" "$0" "$@")
rest=${rest%%;*}
echo "job $rest decides and writes behind it; scancel $share $rest ends both"
