package org.altiplano.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import sun.misc.Signal;

/** {@code altiplano chat}: one answer, or a conversation. Ctrl-C stops the answer, at the prompt it ends the command. */
@Command(name = "chat", description = "Talks with a served model.")
final class ChatCommand implements Runnable {

    /** The API's default, 1, lets small models ramble. */
    private static final double TEMPERATURE = 0.2;
    private static final double TOP_P = 0.9;

    @ParentCommand
    private Altiplano altiplano;

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "What to say (default: a conversation).")
    private Optional<String> prompt = Optional.empty();

    @Option(names = "--model", paramLabel = "NAME", description = "Which model answers (default: the first served).")
    private Optional<String> model = Optional.empty();

    private final AtomicReference<Optional<CompletionStream>> answering = new AtomicReference<>(Optional.empty());

    @Override
    public void run() {
        GatewayClient gateway = altiplano.gateway();
        String name = model.orElseGet(() -> firstServed(gateway));
        ArrayNode messages = Json.array();
        if (prompt.isPresent()) {
            answer(gateway, name, messages, prompt.get());
            return;
        }
        Signal.handle(new Signal("INT"), signal -> answering.get()
                .ifPresentOrElse(CompletionStream::close, () -> Runtime.getRuntime().halt(0)));
        altiplano.terminal().note("Talking with " + name + ". Ctrl-C stops an answer, Ctrl-D ends the conversation.");
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (Optional<String> said = ask(input); said.isPresent(); said = ask(input)) {
            if (!said.get().isBlank()) {
                converse(gateway, name, messages, said.get());
            }
        }
    }

    private Optional<String> ask(BufferedReader input) {
        altiplano.terminal().err().print("> ");
        altiplano.terminal().err().flush();
        try {
            return Optional.ofNullable(input.readLine());
        } catch (IOException failure) {
            throw new CommandFailure("Cannot read what you say: " + failure.getMessage(), failure);
        }
    }

    /** A refused turn is told and forgotten; the conversation goes on. */
    private void converse(GatewayClient gateway, String name, ArrayNode messages, String said) {
        int before = messages.size();
        try {
            answer(gateway, name, messages, said);
        } catch (CommandFailure refused) {
            altiplano.terminal().complain(refused.getMessage());
            while (messages.size() > before) {
                messages.remove(messages.size() - 1);
            }
        }
    }

    private void answer(GatewayClient gateway, String name, ArrayNode messages, String said) {
        messages.addObject().put("role", "user").put("content", said);
        ObjectNode completion = Json.object().put("model", name).put("stream", true).put("temperature", TEMPERATURE)
                .put("top_p", TOP_P);
        completion.set("messages", messages);
        var whole = new StringBuilder();
        try (var stream = new CompletionStream(gateway.stream(completion))) {
            answering.set(Optional.of(stream));
            for (Optional<String> text = stream.next(); text.isPresent(); text = stream.next()) {
                altiplano.terminal().printPart(text.get());
                whole.append(text.get());
            }
        } finally {
            answering.set(Optional.empty());
            altiplano.terminal().print("");
        }
        messages.addObject().put("role", "assistant").put("content", whole.toString());
    }

    private static String firstServed(GatewayClient gateway) {
        return StreamSupport.stream(gateway.models().spliterator(), false)
                .filter(known -> known.path("state").asText().equals("serving")
                        && !known.path("chatTemplate").asText().equals("none"))
                .map(known -> known.path("name").asText()).findFirst()
                .orElseThrow(() -> new CommandFailure("No model with a chat template is being served: altiplano models"
                        + " serve NAME."));
    }
}
