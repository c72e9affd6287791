package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The ledger of two gateways on one PostgreSQL that cannot see each other, each in a cluster of its own with a worker of its
 * own, as after a split: whatever is killed, every request has one row with what it used, and no budget is overspent.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LedgerIT {

    private static final String MODEL = Platform.CHAT_MODEL;
    /** A lease's life, the time until its end is seen, and what a busy machine takes. */
    private static final Duration BURIED = Duration.ofSeconds(60);
    /** Two seconds, of which a gateway believes what it has read, and what a busy machine takes. */
    private static final Duration SEEN = Duration.ofSeconds(10);

    private static Twins twins;
    private static Postgres postgres;
    private static Platform left;
    private static Platform right;

    @BeforeAll
    static void startsBoth() throws IOException {
        twins = new Twins("ledger");
        postgres = twins.postgres();
        left = twins.left();
        right = twins.right();
        right.must("up", "--http-port", "0");
    }

    @AfterAll
    static void endsEverything() {
        if (twins != null) {
            twins.close();
        }
    }

    @Test
    @Order(1)
    void everyEndingHasOneRowWithTheTokensThatTheWorkerHasCounted() throws Exception {
        Api api = left.api();
        long before = api.generated(MODEL);
        JsonNode stopped = api.post("/v1/chat/completions", Api.chat(MODEL, "Say hello.").put("max_tokens", 200).put("seed", 1)).ok();
        JsonNode longest = api.post("/v1/chat/completions", Api.chat(MODEL, "Count.").put("max_tokens", 7).put("n", 3).put("ignore_eos", true)).ok();
        TokenCount streamed = TokenCount.of(api, endless(40));
        streamed.over().get(60, TimeUnit.SECONDS);
        Socket gone = new Socket("127.0.0.1", left.port());
        byte[] body = endless(2_000).put("stream", true).toString().getBytes(StandardCharsets.UTF_8);
        gone.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + left.key() + "\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        gone.getOutputStream().write(body);
        assertTrue(gone.getInputStream().read(new byte[2_000]) > 0);
        Thread.sleep(500);
        gone.close();
        assertEquals(400, api.post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 100_000)).status());
        awaitRows(6, "true");
        assertEquals("1 cancelled\n4 length\n1 stop", postgres.text("select count(*) || ' ' || finish_reason from usage_ledger group by finish_reason"
                + " order by finish_reason"));
        assertEquals(usage(stopped), postgres.number("select tokens_out from usage_ledger where finish_reason = 'stop'"));
        assertEquals(usage(longest), postgres.number("select sum(tokens_out) from usage_ledger where generation_id like '" + longest.path("id").asText() + "-%'"));
        assertEquals(longest.path("usage").path("prompt_tokens").asLong(),
                postgres.number("select sum(tokens_in) from usage_ledger where generation_id like '" + longest.path("id").asText() + "-%'"));
        Eventually.holds("the worker's count being the ledger's",
                () -> api.generated(MODEL) - before == postgres.number("select sum(tokens_out) from usage_ledger"));
        assertNothingIsHeld();
    }

    @Test
    @Order(2)
    void twoHundredRequestsAtOnceAtBothGatewaysNeverOverspendByOneToken() throws Exception {
        ObjectNode created = (ObjectNode) left.api().administer("POST", "/admin/v1/api-keys", Api.object().put("name", "budget")).body();
        String keyId = created.path("id").asText();
        long budget = 2_500;
        assertEquals(201, left.api().administer("POST", "/admin/v1/usage-policies", Api.object().put("tenant", "default").put("scope", "key")
                .put("subject", keyId).put("tokensPerMonth", budget)).status());
        List<Api> gateways = List.of(api(left, created), api(right, created));
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(200);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int request = i;
            all.add(CompletableFuture.runAsync(() -> {
                Api.Answer answer = gateways.get(request % 2).post("/v1/chat/completions", Api.chat(MODEL, "Count to " + request + ".")
                        .put("max_tokens", 1 + request % 9));
                assertTrue(answer.status() == 200 || answer.body().toString().contains("insufficient_quota"), answer.body()::toString);
                (answer.status() == 200 ? answered : refused).incrementAndGet();
            }, clients));
        }
        for (CompletableFuture<Void> one : all) {
            one.get(120, TimeUnit.SECONDS);
        }
        clients.shutdown();
        awaitRows(answered.get(), "key_id = '" + keyId + "'");
        long used = postgres.number("select sum(tokens_in + tokens_out) from usage_ledger where key_id = '" + keyId + "'");
        System.out.printf("of 200 requests %d answered, %d refused; %d of %d tokens used%n", answered.get(), refused.get(), used, budget);
        assertTrue(refused.get() > 0 && used <= budget && used > budget - 100, used + " of " + budget);
        assertEquals(used, postgres.number("select tokens_spent from usage_window w join usage_policy p on p.id = w.policy_id where subject = '" + keyId + "'"));
        assertNothingIsHeld();
    }

    @Test
    @Order(3)
    void aChangeAtOneGatewayHoldsAtTheOther() {
        JsonNode created = left.api().administer("POST", "/admin/v1/api-keys", Api.object().put("name", "changed")).body();
        Api other = api(right, created);
        other.post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 1)).ok();
        left.api().administer("POST", "/admin/v1/usage-policies", Api.object().put("tenant", "default").put("scope", "key")
                .put("subject", created.path("id").asText()).put("maxContext", 1));
        Duration limited = Eventually.holds("the new limit at the other gateway", SEEN,
                () -> other.post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 1)).status() == 400);
        left.api().administer("DELETE", "/admin/v1/api-keys/" + created.path("id").asText(), Api.object());
        Duration revoked = Eventually.holds("the key being unknown at the other gateway", SEEN, () -> other.get("/v1/models").status() == 401);
        System.out.printf("at the other gateway: a new limit after %d ms, a revoked key after %d ms%n", limited.toMillis(), revoked.toMillis());
    }

    @Test
    @Order(4)
    void theStreamsOfAKilledGatewayAreSettledByTheOtherAsOfTheLastCheckpoint() throws Exception {
        long before = postgres.number("select count(*) from usage_ledger");
        List<TokenCount> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            streams.add(TokenCount.of(left.api(), endless(4_000)));
        }
        Eventually.holds("all streams under way", Duration.ofSeconds(60), () -> streams.stream().allMatch(stream -> stream.arrived() > 0));
        Thread.sleep(8_000);
        left.process("gateway").destroyForcibly();
        // A checkpoint is written every two seconds, and its writing takes a moment, or more where the machine is busy.
        long least = streams.stream().mapToLong(stream -> stream.arrivedBefore(Duration.ofSeconds(6))).sum();
        streams.forEach(stream -> stream.over().handle((events, failure) -> "over").join());
        long most = streams.stream().mapToLong(TokenCount::arrived).sum();
        assertEquals(4, postgres.number("select count(*) from usage_reservation"));
        Duration took = awaitRows(before + 4, "true");
        long counted = postgres.number("select sum(tokens_out) from usage_ledger where finish_reason = 'gateway_lost'");
        System.out.printf("gateway killed: settled after %d ms, with %d tokens of the %d that its clients had got%n", took.toMillis(), counted, most);
        assertEquals(4, postgres.number("select count(*) from usage_ledger where finish_reason = 'gateway_lost'"));
        // What a client has got of the last step may have been counted a moment before it was sent.
        assertTrue(counted >= least && counted <= most + 4 * 16, counted + " counted, between " + least + " and " + most + " arrived");
        assertNothingIsHeld();
        left.must("up", "--http-port", "0");
        left.api().post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 2)).ok();
        awaitRows(before + 5, "true");
    }

    @Test
    @Order(5)
    void aGatewayThatWasTakenForDeadAndLivesPutsItsRowRight() throws Exception {
        TokenCount stream = TokenCount.of(left.api(), endless(2_000));
        Eventually.holds("the stream under way", Duration.ofSeconds(60), () -> stream.arrived() > 0);
        ProcessHandle gateway = left.process("gateway");
        signal("STOP", gateway);
        try {
            awaitRows(5, "finish_reason = 'gateway_lost'");
        } finally {
            signal("CONT", gateway);
        }
        stream.over().get(180, TimeUnit.SECONDS);
        awaitRows(4, "finish_reason = 'gateway_lost'");
        System.out.printf("gateway frozen: %s after %d tokens%n", postgres.text("select finish_reason from usage_ledger order by submitted_at desc limit 1"),
                stream.arrived());
        assertEquals(stream.arrived(), postgres.number("select tokens_out from usage_ledger order by submitted_at desc limit 1"));
        assertNothingIsHeld();
        Eventually.holds("its worker being found again", Duration.ofSeconds(60),
                () -> left.api().post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 2)).status() == 200);
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor());
    }

    @Test
    @Order(6)
    void theStreamOfAKilledWorkerHasExactlyTheTokensThatArrived() throws Exception {
        long before = postgres.number("select count(*) from usage_ledger");
        TokenCount stream = TokenCount.of(left.api(), endless(4_000));
        Eventually.holds("the stream under way", Duration.ofSeconds(60), () -> stream.arrived() > 20);
        left.process("worker-1").destroyForcibly();
        stream.over().get(60, TimeUnit.SECONDS);
        awaitRows(before + 1, "true");
        assertEquals(stream.arrived() + " worker_lost",
                postgres.text("select tokens_out || ' ' || finish_reason from usage_ledger order by submitted_at desc limit 1"));
        assertNothingIsHeld();
        left.must("up");
    }

    @Test
    @Order(7)
    void whileTheDatabaseIsGoneStreamsGoOnAndNewRequestsAreRefusedAndNothingIsLost() throws Exception {
        String since = postgres.text("select now()");
        long before = postgres.number("select count(*) from usage_ledger");
        Api api = left.api();
        TokenCount shorter = TokenCount.of(api, endless(150));
        TokenCount longer = TokenCount.of(api, endless(1_500));
        Eventually.holds("both under way", Duration.ofSeconds(60), () -> shorter.arrived() > 0 && longer.arrived() > 0);
        postgres.stop();
        long stopped = System.nanoTime();
        Eventually.holds("a new request being refused with a time to come again", () -> {
            Api.Answer refused = api.post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 1));
            return refused.status() == 503 && refused.body().toString().contains("database_unavailable") && refused.retryAfter().isPresent();
        });
        shorter.over().get(60, TimeUnit.SECONDS);
        assertEquals(150, shorter.arrived(), "it goes on, within what was reserved");
        Thread.sleep(Math.max(0, 30_000 - (System.nanoTime() - stopped) / 1_000_000));
        postgres.start();
        Duration back = Eventually.holds("requests being taken again",
                () -> api.post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 1)).status() == 200);
        System.out.printf("database back, requests taken after %d ms%n", back.toMillis());
        List<CompletableFuture<Integer>> many = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(30);
        for (int i = 0; i < 30; i++) {
            many.add(CompletableFuture.supplyAsync(() -> api.post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 1)).status(), clients));
        }
        for (CompletableFuture<Integer> one : many) {
            assertEquals(200, one.get(60, TimeUnit.SECONDS), "no connection of before the outage is left");
        }
        clients.shutdown();
        longer.over().get(120, TimeUnit.SECONDS);
        awaitRows(before + 2 + 1 + 30, "true");
        assertEquals("150 length\n1500 length", postgres.text("select tokens_out || ' ' || finish_reason from usage_ledger where tokens_out > 1"
                + " and submitted_at >= '" + since + "' order by tokens_out"));
        assertNothingIsHeld();
    }

    @Test
    @Order(8)
    void aGatewayThatIsStoppedLeavesNothingToWaitFor() throws Exception {
        long before = postgres.number("select count(*) from usage_ledger");
        TokenCount stream = TokenCount.of(left.api(), endless(4_000));
        Eventually.holds("the stream under way", Duration.ofSeconds(60), () -> stream.arrived() > 20);
        List<Path> incidents = left.incidents();
        left.must("down");
        assertEquals(before + 1, postgres.number("select count(*) from usage_ledger"));
        assertNothingIsHeld();
        assertEquals(incidents, left.incidents());
    }

    @Test
    @Order(9)
    void aGatewayRefusesADatabaseThatANewerVersionHasChangedAndSaysWhatToDo() {
        postgres.change("insert into flyway_schema_history values (1000, '900', 'later', 'SQL', 'V900__later.sql', 1, 'x', now(), 1, true)");
        Platform.Outcome refused = left.run("up", "--http-port", "0");
        assertEquals(1, refused.status());
        assertTrue(refused.err().contains("The gateway refuses to start. The database is at version 900, which this version of Altiplano does not know:"
                + " start the version that changed it."), refused.err());
        postgres.change("delete from flyway_schema_history where version = '900'");
        left.must("up", "--http-port", "0");
        left.api().post("/v1/chat/completions", Api.chat(MODEL, "Hello").put("max_tokens", 2)).ok();
    }

    private static Api api(Platform platform, JsonNode key) {
        return new Api(platform.baseUrl(), key.path("key").asText(), "", "");
    }

    private static ObjectNode endless(int maxTokens) {
        return Api.chat(MODEL, "Count to a million.").put("max_tokens", maxTokens).put("ignore_eos", true);
    }

    private static long usage(JsonNode answer) {
        return answer.path("usage").path("completion_tokens").asLong();
    }

    private static Duration awaitRows(long rows, String which) {
        return Eventually.holds(rows + " rows with " + which, BURIED, () -> postgres.number("select count(*) from usage_ledger where " + which) == rows);
    }

    private static void assertNothingIsHeld() {
        Eventually.holds("nothing reserved", () -> postgres.number("select count(*) from usage_reservation") == 0);
        assertEquals(0, postgres.number("select coalesce(sum(tokens_reserved + money_reserved), 0) from usage_window"));
        assertEquals(0, postgres.number("select coalesce(sum(running), 0) from usage_meter"));
        assertEquals(postgres.text("select coalesce(sum(tokens_in), 0) || ' ' || coalesce(sum(tokens_out), 0) || ' ' || count(*) from usage_ledger"),
                postgres.text("select coalesce(sum(tokens_in), 0) || ' ' || coalesce(sum(tokens_out), 0) || ' ' || coalesce(sum(generations), 0) from usage_day"));
    }
}
