"""Makes llama_linear, llama_yarn, llama_yarn2 and llama_dynamic: llama_rope3's weights with other rotary positions, and transformers' own numbers.

python3 make-rope.py DESTINATION, beside llama_rope3; needs torch and transformers (5.17.0 and 2.11.0 were used).
"""
import json, os, shutil, sys
import torch, transformers

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "llama_rope3")
ROPES = {
    "llama_linear": (128, {"rope_type": "linear", "factor": 4.0}),
    "llama_yarn": (128, {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}),
    "llama_yarn2": (128, {"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 16, "beta_fast": 8.0, "beta_slow": 0.5,
                          "mscale": 1.2, "mscale_all_dim": 0.8, "truncate": False}),
    "llama_dynamic": (64, {"rope_type": "dynamic", "factor": 4.0}),
}
GREEDY = 24


def rounded(tensor):
    return [float(f"{x:.9g}") for x in tensor.tolist()]


def golden(model, ids):
    first = model(torch.tensor([ids]), output_hidden_states=True, use_cache=False)
    tokens, margins = list(ids), []
    for _ in range(GREEDY):
        top = model(torch.tensor([tokens]), use_cache=False).logits[0, -1].topk(2)
        margins.append(top.values[0] - top.values[1])
        tokens.append(int(top.indices[0]))
    cached = model.generate(torch.tensor([ids]), max_new_tokens=GREEDY, do_sample=False, eos_token_id=-1, pad_token_id=0)[0].tolist()
    return {"ids": ids, "last_logits": rounded(first.logits[0, -1]), "greedy": tokens[len(ids):], "margins": rounded(torch.stack(margins)),
            "greedy_with_cache_equal": cached == tokens, "hidden_last": [rounded(state[0, -1]) for state in first.hidden_states]}


with open(os.path.join(SOURCE, "golden.json")) as file:
    prompts = [prompt["ids"] for prompt in json.load(file)["prompts"]]
for name, (positions, rope) in ROPES.items():
    folder = os.path.join(sys.argv[1], name)
    shutil.copytree(SOURCE, folder)
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    config["max_position_embeddings"] = positions
    config["rope_parameters"] = {"rope_theta": 10000.0, **rope}
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=2, sort_keys=True)
    with torch.no_grad():
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        result = {"arch": name, "transformers": transformers.__version__, "torch": torch.__version__, "dtype": "float32", "attn": "eager", "device": "cpu",
                  "prompts": [golden(model, ids) for ids in prompts]}
    with open(os.path.join(folder, "golden.json"), "w") as file:
        json.dump(result, file)
    print(name, min(min(p["margins"]) for p in result["prompts"]), [p["greedy_with_cache_equal"] for p in result["prompts"]], model.model.rotary_emb.inv_freq.tolist(), model.model.rotary_emb.attention_scaling)
