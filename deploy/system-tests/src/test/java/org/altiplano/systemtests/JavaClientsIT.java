package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official client for Java and LangChain4j work unchanged. */
@ExtendWith(SharedPlatform.class)
class JavaClientsIT {

    private static final String QUESTION = "What is the capital of France? Answer in one sentence.";

    @Test
    void theOpenAiClientChats(Platform platform) {
        ChatCompletion answer = client(platform, platform.key()).chat().completions().create(question().build()).validate();
        ChatCompletion.Choice choice = answer.choices().get(0);
        assertTrue(choice.message().content().orElseThrow().contains("France"), answer::toString);
        assertEquals(ChatCompletion.Choice.FinishReason.STOP, choice.finishReason());
        assertEquals(answer.usage().orElseThrow().totalTokens(),
                answer.usage().orElseThrow().promptTokens() + answer.usage().orElseThrow().completionTokens());
    }

    @Test
    void theOpenAiClientStreamsTheSameAnswer(Platform platform) {
        OpenAIClient client = client(platform, platform.key());
        String whole = client.chat().completions().create(question().build()).choices().get(0).message().content()
                .orElseThrow();
        var text = new StringBuilder();
        long[] tokens = new long[1];
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat().completions().createStreaming(question()
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build())) {
            chunks.stream().map(ChatCompletionChunk::validate).forEach(chunk -> {
                chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent(usage -> tokens[0] = usage.completionTokens());
            });
        }
        assertEquals(whole, text.toString());
        assertTrue(tokens[0] > 1);
    }

    @Test
    void theOpenAiClientGetsSeveralChoicesWithLogprobs(Platform platform) {
        ChatCompletion answer = client(platform, platform.key()).chat().completions().create(question().n(2).seed(9)
                .maxCompletionTokens(6).logprobs(true).topLogprobs(3).build()).validate();
        assertEquals(List.of(0L, 1L), answer.choices().stream().map(ChatCompletion.Choice::index).toList());
        answer.choices().get(0).logprobs().orElseThrow().content().orElseThrow()
                .forEach(token -> assertEquals(3, token.topLogprobs().size()));
    }

    @Test
    void theOpenAiClientStopsAtAStopString(Platform platform) {
        CompletionCreateParams.Builder ask = CompletionCreateParams.builder().model(Platform.CHAT_MODEL)
                .prompt("1, 2, 3, 4, 5, 6, 7,").temperature(0).maxTokens(24);
        OpenAIClient client = client(platform, platform.key());
        String free = client.completions().create(ask.build()).validate().choices().get(0).text();
        String stop = free.substring(8, 11);
        assertEquals(free.substring(0, free.indexOf(stop)),
                client.completions().create(ask.stop(stop).build()).validate().choices().get(0).text());
    }

    @Test
    void theOpenAiClientKnowsTheErrors(Platform platform) {
        OpenAIClient client = client(platform, platform.key());
        assertThrows(UnauthorizedException.class, () -> client(platform, "llmk_wrong").models().list());
        NotFoundException unknown = assertThrows(NotFoundException.class,
                () -> client.chat().completions().create(question().model("gpt-unknown").build()));
        assertEquals("model_not_found", unknown.code().orElseThrow());
        BadRequestException hot = assertThrows(BadRequestException.class,
                () -> client.chat().completions().create(question().temperature(3).build()));
        assertEquals("temperature", hot.param().orElseThrow());
    }

    @Test
    void langChainChats(Platform platform) {
        OpenAiChatModel model = OpenAiChatModel.builder().baseUrl(platform.baseUrl() + "/v1").apiKey(platform.key())
                .modelName(Platform.CHAT_MODEL).temperature(0.0).maxRetries(0).build();
        ChatResponse answer = model.chat(SystemMessage.from("Be brief."), UserMessage.from(QUESTION));
        assertTrue(answer.aiMessage().text().contains("France"), answer::toString);
        assertEquals(FinishReason.STOP, answer.finishReason());
        assertTrue(answer.tokenUsage().outputTokenCount() > 1);
    }

    @Test
    void langChainStreams(Platform platform) throws Exception {
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder().baseUrl(platform.baseUrl() + "/v1")
                .apiKey(platform.key()).modelName(Platform.CHAT_MODEL).temperature(0.0).build();
        var text = new StringBuffer();
        var done = new CompletableFuture<ChatResponse>();
        model.chat(QUESTION, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                text.append(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                done.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                done.completeExceptionally(error);
            }
        });
        ChatResponse whole = done.get(120, TimeUnit.SECONDS);
        assertEquals(whole.aiMessage().text(), text.toString());
        assertNotNull(whole.tokenUsage());
    }

    @Test
    void langChainKnowsAnUnknownModel(Platform platform) {
        OpenAiChatModel model = OpenAiChatModel.builder().baseUrl(platform.baseUrl() + "/v1").apiKey(platform.key())
                .modelName("gpt-unknown").maxRetries(0).build();
        assertThrows(ModelNotFoundException.class, () -> model.chat(QUESTION));
    }

    private static ChatCompletionCreateParams.Builder question() {
        return ChatCompletionCreateParams.builder().model(Platform.CHAT_MODEL).addUserMessage(QUESTION).temperature(0);
    }

    private static OpenAIClient client(Platform platform, String key) {
        return OpenAIOkHttpClient.builder().baseUrl(platform.baseUrl() + "/v1").apiKey(key).maxRetries(0).build();
    }
}
