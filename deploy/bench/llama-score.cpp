// What llama.cpp thinks of a text: llama-score MODEL THREADS FILE... reads each file as one sequence and prints a line of JSON with
// its tokens and, for every token but the first, its log-probability and the token that was the most likely one in its place.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ggml-backend.h"
#include "llama.h"

static void quiet(ggml_log_level level, const char *text, void *) {
  if (level == GGML_LOG_LEVEL_ERROR) {
    fputs(text, stderr);
  }
}

static std::vector<llama_token> tokens_of(const llama_vocab *vocabulary, const char *file) {
  std::ifstream stream(file);
  if (!stream) {
    fprintf(stderr, "%s cannot be read\n", file);
    exit(1);
  }
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  std::vector<llama_token> tokens(text.size());
  tokens.resize(llama_tokenize(vocabulary, text.data(), text.size(), tokens.data(), tokens.size(), false, true));
  return tokens;
}

static double log_probability(const float *logits, int count, float most, llama_token token) {
  double sum = 0;
  for (int i = 0; i < count; i++) {
    sum += std::exp(logits[i] - most);
  }
  return logits[token] - most - std::log(sum);
}

int main(int count, char **words) {
  if (count < 4) {
    fputs("llama-score MODEL THREADS FILE...\n", stderr);
    return 1;
  }
  llama_log_set(quiet, nullptr);
  ggml_backend_load_all();
  llama_model *model = llama_model_load_from_file(words[1], llama_model_default_params());
  if (!model) {
    return 1;
  }
  const llama_vocab *vocabulary = llama_model_get_vocab(model);
  int width = llama_vocab_n_tokens(vocabulary);
  for (int f = 3; f < count; f++) {
    std::vector<llama_token> tokens = tokens_of(vocabulary, words[f]);
    llama_context_params params = llama_context_default_params();
    params.n_ctx = params.n_batch = tokens.size();
    params.n_threads = params.n_threads_batch = atoi(words[2]);
    llama_context *context = llama_init_from_model(model, params);
    llama_batch batch = llama_batch_init(tokens.size(), 0, 1);
    for (size_t i = 0; i < tokens.size(); i++) {
      batch.token[i] = tokens[i], batch.pos[i] = i, batch.n_seq_id[i] = 1, batch.seq_id[i][0] = 0, batch.logits[i] = 1;
    }
    batch.n_tokens = tokens.size();
    if (!context || llama_decode(context, batch) != 0) {
      fprintf(stderr, "%s: %zu tokens could not be computed\n", words[f], tokens.size());
      return 1;
    }
    std::string ids = std::to_string(tokens[0]), best, values;
    for (size_t i = 0; i + 1 < tokens.size(); i++) {
      const float *logits = llama_get_logits_ith(context, i), *most = std::max_element(logits, logits + width);
      const char *comma = i ? "," : "";
      ids += "," + std::to_string(tokens[i + 1]);
      best += comma + std::to_string(most - logits);
      values += comma + std::to_string(log_probability(logits, width, *most, tokens[i + 1]));
    }
    printf("{\"text\": \"%s\", \"tokens\": [%s], \"best\": [%s], \"logprobs\": [%s]}\n", words[f], ids.c_str(), best.c_str(), values.c_str());
    llama_batch_free(batch);
    llama_free(context);
  }
  llama_model_free(model);
  return 0;
}
