package org.altiplano.platform.completions.control;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.altiplano.contract.Message;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.platform.completions.entity.ChatCommand;
import org.altiplano.platform.completions.entity.CompletionCommand;
import org.altiplano.platform.http.control.Bodies;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {

    @Test
    void readsEveryParameterOfAChat() {
        ChatCommand command = chat("\"n\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":9,"
                + "\"temperature\":0.5,\"top_p\":0.9,\"top_k\":40,\"min_p\":0.1,\"frequency_penalty\":-1,\"presence_penalty\":2,"
                + "\"repetition_penalty\":1.1,\"logit_bias\":{\"7\":-100},\"seed\":-5,\"stop\":[\"a\",\"b\"],\"stop_token_ids\":[3],"
                + "\"ignore_eos\":true,\"min_tokens\":4,\"logprobs\":true,\"top_logprobs\":20,\"return_token_ids\":true");
        assertEquals(new SamplingParams(0.5, 0.9, 40, 0.1, -1, 2, 1.1, Map.of(7, -100f), OptionalLong.of(-5)), command.options().sampling());
        assertEquals(new StopConditions(OptionalInt.of(9), 4, List.of("a", "b"), Set.of(3), true), command.options().stop());
        assertEquals(List.of(2, true, true, true), List.of(command.options().choices(), command.options().stream(),
                command.options().includeUsage(), command.options().returnTokenIds()));
        assertEquals(OptionalInt.of(20), command.logprobs());
    }

    @Test
    void fillsInWhatIsAbsentOrNull() {
        ChatCommand command = chat("\"temperature\":null,\"stop\":null,\"tools\":null,\"max_tokens\":null");
        assertEquals(new SamplingParams(1, 1, 0, 0, 0, 0, 1, Map.of(), OptionalLong.empty()), command.options().sampling());
        assertEquals(StopConditions.NONE, command.options().stop());
        assertEquals(OptionalInt.empty(), command.logprobs());
        assertEquals(OptionalInt.of(16), text("\"prompt\":\"x\"").options().stop().maxTokens());
    }

    @Test
    void prefersTheNewNameOfTheTokenLimit() {
        assertEquals(OptionalInt.of(5), chat("\"max_completion_tokens\":5,\"max_tokens\":9").options().stop().maxTokens());
    }

    @Test
    void passesOverWhatChangesNothing() {
        assertDoesNotThrow(() -> chat("\"user\":\"u\",\"metadata\":{\"a\":\"b\"},\"store\":false,\"service_tier\":\"auto\",\"tools\":[],"
                + "\"tool_choice\":\"none\",\"parallel_tool_calls\":true,\"response_format\":{\"type\":\"text\"},\"modalities\":[\"text\"],\"top_k\":-1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "model|\"model\":7", "model|\"model\":null", "model|\"model\":\"\"",
        "model|\"model\":\"m\\nusage id=forged\"",
        "temperature|\"temperature\":-0.1", "temperature|\"temperature\":2.1", "temperature|\"temperature\":\"hot\"",
        "temperature|\"temperature\":1e999", "temperature|\"temperature\":true",
        "top_p|\"top_p\":0", "top_p|\"top_p\":1.01", "top_p|\"top_p\":[]",
        "top_k|\"top_k\":-2", "top_k|\"top_k\":1.5", "top_k|\"top_k\":99999999999",
        "min_p|\"min_p\":-0.1", "min_p|\"min_p\":1.1",
        "frequency_penalty|\"frequency_penalty\":2.1", "frequency_penalty|\"frequency_penalty\":-2.1",
        "presence_penalty|\"presence_penalty\":2.1", "presence_penalty|\"presence_penalty\":{}",
        "repetition_penalty|\"repetition_penalty\":0", "repetition_penalty|\"repetition_penalty\":2.1",
        "logit_bias|\"logit_bias\":[]", "logit_bias|\"logit_bias\":{\"x\":1}", "logit_bias|\"logit_bias\":{\"-1\":1}",
        "logit_bias.7|\"logit_bias\":{\"7\":101}", "logit_bias.7|\"logit_bias\":{\"7\":\"x\"}",
        "seed|\"seed\":1.5", "seed|\"seed\":\"x\"", "seed|\"seed\":1e30", "seed|\"seed\":1e999999999",
        "n|\"n\":0", "n|\"n\":9", "n|\"n\":\"2\"",
        "stop|\"stop\":7", "stop|\"stop\":\"\"", "stop|\"stop\":[\"a\",\"\"]", "stop|\"stop\":[7]",
        "stop|\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"]",
        "stop_token_ids|\"stop_token_ids\":[-1]", "stop_token_ids|\"stop_token_ids\":7", "stop_token_ids|\"stop_token_ids\":[\"a\"]",
        "ignore_eos|\"ignore_eos\":1", "min_tokens|\"min_tokens\":-1", "min_tokens|\"min_tokens\":5,\"max_tokens\":4",
        "max_tokens|\"max_tokens\":0", "max_tokens|\"max_tokens\":-1", "max_tokens|\"max_tokens\":1.5",
        "max_completion_tokens|\"max_completion_tokens\":0",
        "stream|\"stream\":\"yes\"", "stream_options|\"stream_options\":{}", "stream_options|\"stream\":true,\"stream_options\":7",
        "stream_options.include_usage|\"stream\":true,\"stream_options\":{\"include_usage\":1}",
        "logprobs|\"logprobs\":1", "top_logprobs|\"top_logprobs\":1", "top_logprobs|\"logprobs\":true,\"top_logprobs\":21",
        "return_token_ids|\"return_token_ids\":1",
        "tools|\"tools\":[{}]", "tool_choice|\"tool_choice\":\"required\"", "tool_choice|\"tool_choice\":{}", "functions|\"functions\":[{}]",
        "function_call|\"function_call\":{}", "audio|\"audio\":{}", "modalities|\"modalities\":[\"text\",\"audio\"]",
        "response_format|\"response_format\":{\"type\":\"json_object\"}", "response_format.type|\"response_format\":{}",
        "reasoning_effort|\"reasoning_effort\":\"low\"", "prediction|\"prediction\":{}", "guided_json|\"guided_json\":{}",
        "messages|\"messages\":[]", "messages|\"messages\":null", "messages|\"messages\":\"hi\"", "messages[0]|\"messages\":[7]",
        "messages[0].role|\"messages\":[{\"content\":\"x\"}]",
        "messages[0].role|\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]",
        "messages[0].role|\"messages\":[{\"role\":7,\"content\":\"x\"}]",
        "messages[0].content|\"messages\":[{\"role\":\"user\"}]",
        "messages[0].content|\"messages\":[{\"role\":\"user\",\"content\":7}]",
        "messages[0].content[0].type|\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]",
        "messages[0].content[0].text|\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
        "messages[0].tool_calls|\"messages\":[{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{}]}]"})
    void refusesAChatNamingTheParameterAtFault(String param, String member) {
        Problem problem = assertThrows(ProblemException.class, () -> chat(member)).problem();
        assertEquals(400, problem.status());
        assertEquals(Optional.of(param), problem.param(), problem.message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "prompt|\"prompt\":null", "prompt|\"prompt\":7", "prompt|\"prompt\":[]", "prompt|\"prompt\":{}",
        "prompt[0]|\"prompt\":[-1]", "prompt[1]|\"prompt\":[1,\"a\"]", "prompt[0]|\"prompt\":[1.5]", "prompt[0]|\"prompt\":[4294967296]",
        "prompt[1]|\"prompt\":[\"a\",7]", "prompt[0]|\"prompt\":[[]]", "prompt[1][0]|\"prompt\":[[1],[\"a\"]]",
        "max_tokens|\"prompt\":\"x\",\"max_tokens\":0", "max_tokens|\"prompt\":\"x\",\"max_tokens\":-1",
        "logprobs|\"prompt\":\"x\",\"logprobs\":21", "logprobs|\"prompt\":\"x\",\"logprobs\":true",
        "echo|\"prompt\":\"x\",\"echo\":1", "best_of|\"prompt\":\"x\",\"best_of\":2", "suffix|\"prompt\":\"x\",\"suffix\":\"y\""})
    void refusesACompletionNamingTheParameterAtFault(String param, String members) {
        Problem problem = assertThrows(ProblemException.class, () -> text(members)).problem();
        assertEquals(400, problem.status());
        assertEquals(Optional.of(param), problem.param(), problem.message());
    }

    @Test
    void refusesAModelOfAnEndlessName() {
        Problem problem = assertThrows(ProblemException.class, () -> chat("\"model\":\"" + "x".repeat(201) + "\"")).problem();
        assertEquals(Optional.of("model"), problem.param());
        assertEquals("'model' may have at most 200 characters.", problem.message());
        assertEquals("x".repeat(200), chat("\"model\":\"" + "x".repeat(200) + "\"").options().model());
    }

    @Test
    void readsPromptsOfEveryKind() {
        assertEquals(List.of(new Prompt.Text("x", true)), text("\"prompt\":\"x\"").prompts());
        assertEquals(List.of(new Prompt.Text("x", false), new Prompt.Text("y", false)),
                text("\"prompt\":[\"x\",\"y\"],\"add_special_tokens\":false").prompts());
        assertEquals(List.of(new Prompt.Tokens(new int[] {1, 2})), text("\"prompt\":[1,2]").prompts());
        assertEquals(List.of(new Prompt.Tokens(new int[] {1}), new Prompt.Tokens(new int[] {2})), text("\"prompt\":[[1],[2]]").prompts());
    }

    @Test
    void asksForThePromptOnlyWhereNoTokensAreWanted() {
        CompletionCommand command = text("\"prompt\":\"x\",\"echo\":true,\"max_tokens\":0,\"logprobs\":0");
        assertEquals(List.of(true, true), List.of(command.echo(), command.promptOnly()));
        assertEquals(OptionalInt.of(0), command.logprobs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"best_of\":1", "\"best_of\":3,\"n\":3", "\"suffix\":\"\"", "\"suffix\":null"})
    void takesOtherSearchesWhereTheyChangeNothing(String member) {
        assertDoesNotThrow(() -> text("\"prompt\":\"x\"," + member));
    }

    @Test
    void joinsThePartsOfAMessage() {
        ChatCommand command = chat("\"messages\":[{\"role\":\"developer\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                + "{\"type\":\"text\",\"text\":\"b\"}]},{\"role\":\"user\",\"name\":\"ada\",\"content\":\"c\"}]");
        assertEquals(List.of(new Message(Message.Role.SYSTEM, "ab"), new Message(Message.Role.USER, "c")), command.prompt().messages());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"prompt|{\"model\":\"m\"}", "prompt|{\"model\":\"m\",\"prompt\":\"x\",\"messages\":[]}",
        "model|{\"prompt\":\"x\"}", "model|{\"model\":\"\",\"prompt\":\"x\"}", "add_special_tokens|{\"model\":\"m\",\"prompt\":\"x\",\"add_special_tokens\":1}"})
    void refusesToTokenizeNamingTheParameterAtFault(String param, String body) {
        assertEquals(Optional.of(param), assertThrows(ProblemException.class, () -> TokenCommands.tokenize(Bodies.fields(body))).problem().param());
    }

    private static ChatCommand chat(String members) {
        String defaults = members.contains("\"model\":") ? "" : "\"model\":\"m\",";
        String messages = members.contains("\"messages\":") ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],";
        return ChatParser.parse(Bodies.fields("{" + defaults + messages + members + "}"));
    }

    private static CompletionCommand text(String members) {
        return CompletionParser.parse(Bodies.fields("{\"model\":\"m\"," + members + "}"));
    }
}
