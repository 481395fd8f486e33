#!/usr/bin/env python3
"""Serves a workload with Hugging Face transformers' continuous batching and prints what it took as one line of JSON.

usage: transformers_serving.py MODEL_FOLDER WORKLOAD.json
MODEL_FOLDER holds a config.json; the weights are random. WORKLOAD.json is [{"prompt": [ids], "tokens": n}, ...].
"""
import json
import sys
import time


def main(folder, workload):
    import torch
    import transformers
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

    requests = json.load(open(workload))
    config = AutoConfig.from_pretrained(folder)
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float16).eval()
    generation = GenerationConfig(do_sample=False, eos_token_id=-1, pad_token_id=0, max_new_tokens=max(r["tokens"] for r in requests))

    # Warms up, and with it captures CUDA graphs, before it hands the manager over; that does not count.
    with model.continuous_batching_context_manager(generation_config=generation) as manager:
        run(manager, requests[:8], "warm")
        torch.cuda.synchronize()
        start = time.perf_counter()
        tokens = run(manager, requests, "run")
        torch.cuda.synchronize()
        seconds = time.perf_counter() - start
    print(json.dumps({
        "output_tokens": tokens,
        "seconds": seconds,
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "attention": model.config._attn_implementation,
    }), flush=True)


def run(manager, requests, name):
    for index, request in enumerate(requests):
        manager.add_request(input_ids=request["prompt"], request_id=f"{name}-{index}", max_new_tokens=request["tokens"])
    finished = tokens = 0
    while finished < len(requests):
        result = manager.get_result(timeout=60)
        if result is None:
            raise SystemExit("transformers gave no result for a minute")
        if result.error:
            raise SystemExit(f"transformers failed: {result.error}")
        if result.is_finished():
            finished += 1
            tokens += len(result.generated_tokens)
    return tokens


if __name__ == "__main__":
    main(*sys.argv[1:])
