package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.ModelConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlamaConfigJsonTest {

    private static final String LLAMA_2_7B = "{'architectures':['LlamaForCausalLM'],'model_type':'llama','hidden_act':'silu',"
            + "'hidden_size':4096,'intermediate_size':11008,'num_hidden_layers':32,'num_attention_heads':32,'vocab_size':32000,"
            + "'max_position_embeddings':4096,'rms_norm_eps':1e-05}";

    @Test
    void readsLlama2sOwnConfigurationWithoutHeadsOfKeysAndTheta() throws IOException {
        assertEquals(new ModelConfig(new ModelShape(32, 4096, 32, 32, 128, 11008, 32000, 4096, false), 1e-5, 10_000, 1),
                parse("{}"));
    }

    @Test
    void readsGroupedQueriesHeadDimAndTies() throws IOException {
        ModelShape shape = parse("{'num_key_value_heads':8,'head_dim':64,'tie_word_embeddings':true}").shape();
        assertEquals(8, shape.kvHeads());
        assertEquals(64, shape.headDim());
        assertTrue(shape.tiedEmbeddings());
        assertFalse(parse("{'head_dim':null,'tie_word_embeddings':null}").shape().tiedEmbeddings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'rope_theta':500000.0}|500000|1",
        "{'rope_parameters':{'rope_theta':1000000.0,'rope_type':'default'}}|1000000|1",
        "{'rope_scaling':null}|10000|1",
        "{'rope_scaling':{'type':'linear','factor':2.0}}|10000|2",
        "{'rope_scaling':{'rope_type':'linear','factor':4}}|10000|4",
        "{'rope_parameters':{'rope_type':'linear','factor':8.0,'rope_theta':5000}}|5000|8"})
    void readsRotaryParametersOldAndNew(String change, double theta, double scale) throws IOException {
        assertEquals(theta, parse(change).ropeTheta());
        assertEquals(scale, parse(change).ropeScale());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'architectures':['MistralForCausalLM']}|MistralForCausalLM",
        "{'architectures':['LlamaForSequenceClassification']}|LlamaForSequenceClassification",
        "{'model_type':'qwen2'}|qwen2",
        "{'hidden_act':'gelu'}|gelu",
        "{'attention_bias':true}|attention_bias",
        "{'mlp_bias':true}|mlp_bias",
        "{'quantization_config':{'quant_method':'gptq'}}|gptq",
        "{'rope_scaling':{'rope_type':'llama3','factor':8.0}}|llama3",
        "{'rope_scaling':{'type':'yarn','factor':8.0}}|yarn",
        "{'rope_parameters':{'rope_type':'dynamic','factor':8.0}}|dynamic",
        "{'rope_scaling':{'type':'linear'}}|factor",
        "{'rope_scaling':{'type':'linear','factor':0.5}}|factor",
        "{'rope_scaling':'linear'}|rope_scaling",
        "{'hidden_size':null}|no hidden_size",
        "{'hidden_size':'4096'}|hidden_size",
        "{'hidden_size':4097}|hidden_size",
        "{'num_attention_heads':0}|num_attention_heads",
        "{'num_key_value_heads':5}|num_key_value_heads",
        "{'head_dim':63}|63",
        "{'num_hidden_layers':99999999999}|num_hidden_layers",
        "{'vocab_size':-1}|vocab_size",
        "{'rms_norm_eps':0}|rms_norm_eps",
        "{'rope_theta':-1}|rope_theta",
        "{'tie_word_embeddings':'yes'}|tie_word_embeddings"})
    void refusesByNameWhatItCannotCompute(String change, String name) {
        IOException refusal = assertThrows(IOException.class, () -> parse(change));
        assertTrue(refusal.getMessage().contains(name), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("config.json"), refusal.getMessage());
    }

    private static ModelConfig parse(String change) throws IOException {
        ObjectNode json = (ObjectNode) JsonFile.JSON.readTree(LLAMA_2_7B.replace('\'', '"'));
        json.setAll((ObjectNode) JsonFile.JSON.readTree(change.replace('\'', '"')));
        return LlamaConfigJson.parse(new JsonFile(Path.of("config.json"), json));
    }
}
