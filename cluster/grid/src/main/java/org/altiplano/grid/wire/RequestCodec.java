package org.altiplano.grid.wire;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.Message;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Priority;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;

/** Requests as messages and back, without loss. */
public final class RequestCodec {

    private RequestCodec() {
    }

    public static Wire.Request encode(GenerationRequest request) {
        return Wire.Request.newBuilder()
                .setId(UnicodeText.of(request.id()))
                .setModel(UnicodeText.of(request.model()))
                .setPrompt(encode(request.prompt()))
                .setSampling(encode(request.sampling()))
                .setStop(encode(request.stop()))
                .setOutput(encode(request.output()))
                .setSalt(UnicodeText.of(request.salt().value()))
                .setShare(Wire.Share.newBuilder()
                        .setKey(UnicodeText.of(request.share().key())).setWeight(request.share().weight())
                        .setPriority(Wire.Share.Priority.valueOf(request.share().priority().name())))
                .build();
    }

    /** @throws IllegalArgumentException if a field is missing or out of range; the message names it */
    public static GenerationRequest decode(Wire.Request request) {
        return new GenerationRequest(request.getId(), request.getModel(), decode(request.getPrompt()),
                decode(request.getSampling()), decode(request.getStop()), decode(request.getOutput()),
                new CacheSalt(request.getSalt()),
                new FairShare(request.getShare().getKey(), request.getShare().getWeight(),
                        Priority.valueOf(request.getShare().getPriority().name())));
    }

    public static Wire.Prompt encode(Prompt prompt) {
        Wire.Prompt.Builder message = Wire.Prompt.newBuilder();
        if (prompt instanceof Prompt.Text text) {
            message.setText(Wire.Prompt.Text.newBuilder()
                    .setText(UnicodeText.of(text.text())).setAddSpecialTokens(text.addSpecialTokens()));
        } else if (prompt instanceof Prompt.Tokens tokens) {
            message.setTokens(encode(tokens.ids()));
        } else if (prompt instanceof Prompt.Chat chat) {
            Wire.Prompt.Chat.Builder messages = Wire.Prompt.Chat.newBuilder();
            chat.messages().forEach(turn -> messages.addMessages(Wire.Message.newBuilder()
                    .setRole(Wire.Message.Role.valueOf(turn.role().name()))
                    .setContent(UnicodeText.of(turn.content()))));
            message.setChat(messages);
        } else if (prompt instanceof Prompt.Begun begun) {
            message.setBegun(Wire.Prompt.Begun.newBuilder()
                    .setPrompt(encode(begun.prompt())).setAnswer(encode(begun.answer())));
        }
        return message.build();
    }

    /** @throws IllegalArgumentException if it is of no known kind */
    public static Prompt decode(Wire.Prompt prompt) {
        return switch (prompt.getKindCase()) {
            case TEXT -> new Prompt.Text(prompt.getText().getText(), prompt.getText().getAddSpecialTokens());
            case TOKENS -> new Prompt.Tokens(decode(prompt.getTokens()));
            case CHAT -> new Prompt.Chat(prompt.getChat().getMessagesList().stream()
                    .map(turn -> new Message(Message.Role.valueOf(turn.getRole().name()), turn.getContent())).toList());
            case BEGUN -> new Prompt.Begun(decode(prompt.getBegun().getPrompt()), decode(prompt.getBegun().getAnswer()));
            case KIND_NOT_SET -> throw new IllegalArgumentException("the prompt is of a kind that is not known here");
        };
    }

    public static Wire.PinRequest encode(String model, List<PinnedPrefix> prefixes) {
        Wire.PinRequest.Builder message = Wire.PinRequest.newBuilder().setModel(UnicodeText.of(model));
        prefixes.forEach(prefix -> message.addPrefixes(Wire.PinRequest.Prefix.newBuilder()
                .setId(UnicodeText.of(prefix.id())).setSystem(UnicodeText.of(prefix.system()))));
        return message.build();
    }

    public static List<PinnedPrefix> decode(Wire.PinRequest request) {
        return request.getPrefixesList().stream().map(prefix -> new PinnedPrefix(prefix.getId(), prefix.getSystem())).toList();
    }

    public static Wire.TokenIds encode(int[] ids) {
        Wire.TokenIds.Builder message = Wire.TokenIds.newBuilder();
        for (int id : ids) {
            message.addIds(id);
        }
        return message.build();
    }

    public static int[] decode(Wire.TokenIds message) {
        return message.getIdsList().stream().mapToInt(Integer::intValue).toArray();
    }

    private static Wire.Sampling encode(SamplingParams params) {
        Wire.Sampling.Builder message = Wire.Sampling.newBuilder()
                .setTemperature(params.temperature()).setTopP(params.topP()).setTopK(params.topK())
                .setMinP(params.minP()).setFrequencyPenalty(params.frequencyPenalty())
                .setPresencePenalty(params.presencePenalty()).setRepetitionPenalty(params.repetitionPenalty())
                .putAllLogitBias(params.logitBias());
        params.seed().ifPresent(message::setSeed);
        return message.build();
    }

    private static SamplingParams decode(Wire.Sampling params) {
        return new SamplingParams(params.getTemperature(), params.getTopP(), params.getTopK(), params.getMinP(),
                params.getFrequencyPenalty(), params.getPresencePenalty(), params.getRepetitionPenalty(),
                params.getLogitBiasMap(),
                params.hasSeed() ? OptionalLong.of(params.getSeed()) : OptionalLong.empty());
    }

    private static Wire.Stop encode(StopConditions stop) {
        Wire.Stop.Builder message = Wire.Stop.newBuilder()
                .setMinTokens(stop.minTokens()).addAllTokenIds(stop.tokenIds()).setIgnoreEos(stop.ignoreEos());
        stop.strings().forEach(string -> message.addStrings(UnicodeText.of(string)));
        stop.maxTokens().ifPresent(message::setMaxTokens);
        return message.build();
    }

    private static StopConditions decode(Wire.Stop stop) {
        return new StopConditions(stop.hasMaxTokens() ? OptionalInt.of(stop.getMaxTokens()) : OptionalInt.empty(),
                stop.getMinTokens(), stop.getStringsList(), Set.copyOf(stop.getTokenIdsList()), stop.getIgnoreEos());
    }

    private static Wire.Output encode(OutputOptions output) {
        Wire.Output.Builder message = Wire.Output.newBuilder().setEcho(output.echo());
        output.logprobs().ifPresent(message::setLogprobs);
        return message.build();
    }

    private static OutputOptions decode(Wire.Output output) {
        return new OutputOptions(output.hasLogprobs() ? OptionalInt.of(output.getLogprobs()) : OptionalInt.empty(),
                output.getEcho());
    }
}
