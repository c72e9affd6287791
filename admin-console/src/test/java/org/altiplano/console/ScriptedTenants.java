package org.altiplano.console;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What the scripted gateway tells of tenants, members, keys, policies, prices, usage and what is on record: three departments that share a platform. Owns nothing. */
final class ScriptedTenants {
    static final String KEY = "llmk_local_k7Qm2TzP_0h3WvU8yN5rLxB1cDfGjKqSaEiOu6T4pZwM9XbV_a1b2c3d4";

    static final String QUESTION = "When does the lease of the building in Geneva end, and can it be extended?";

    private static final Instant NOW = Instant.now();
    private static final String HASH = "9f2c7be01d5a4e8834c6f0a7d2b91e5c60d3784fab12ce95e07a6b4d8f13c2a9";

    private ScriptedTenants() {
    }

    /** What a GET of the administration answers. @param path after {@code /admin/v1/}. @param query its parameters */
    static Optional<Object> answer(String path, Map<String, String> query) {
        return Optional.ofNullable(switch (path) {
            case "tenants" -> data(tenants());
            case "members" -> data(members());
            case "api-keys" -> keys(query);
            case "prices" -> data(List.of(price("llama-2-7b-chat", 0.2, 0.05, 0.6), price("smollm2-135m-instruct", 0.02, 0.005, 0.04)));
            case "quotas" -> data(query.get("tenant").equals("acme") ? quotas() : List.of());
            case "usage-policies/p1" -> changed(policy("p1", "tenant", ""), Map.of("tokensPerDay", 3_000_000, "version", 9));
            case "usage" -> usage(query.getOrDefault("group", ""));
            case "audit" -> page(events(query));
            case "audit/chains" -> data(List.of(Map.of("tenant", "@platform", "events", 41), Map.of("tenant", "acme", "events", 128),
                    Map.of("tenant", "globex", "events", 5_120)));
            case "audit/verify" -> switch (query.get("tenant")) {
                case "acme" -> Map.of("tenant", "acme", "events", 97, "of", 128, "hash", HASH, "fault", "Event 98 was edited.");
                case "globex" -> query.containsKey("cursor") ? Map.of("tenant", "globex", "events", 5_130, "of", 5_130, "hash", HASH)
                        : Map.of("tenant", "globex", "events", 2_000, "of", 5_120, "hash", HASH, "nextCursor", ScriptedGateway.HELD);
                default -> withNull(Map.of("tenant", "@platform", "events", 41, "of", 41, "hash", HASH), "fault");
            };
            case "pinned-prefixes" -> data(pins());
            case "secrets" -> secrets();
            case "content-log/setting" -> Map.of("tenant", "acme", "enabled", true, "retentionDays", 30, "version", 3);
            case "content-log" -> page(content(query));
            case "content-log/chatcmpl-41" -> changed(content(Map.of()).get(0), Map.of("prompts", List.of(List.of(
                    Map.of("role", "system", "content", "You help the people of Acme Research."), Map.of("role", "user", "content", QUESTION))),
                    "answers", List.of("The lease ends on 31 March.\n\nIt can be extended by a year if Acme says so three months before.")));
            default -> null;
        });
    }

    /** What {@code /v1/usage} answers. */
    static Map<String, Object> own(String group) {
        Map<String, Object> own = new HashMap<>(usage(group));
        own.put("quotas", quotas().subList(0, 2));
        return own;
    }

    private static Map<String, Object> secrets() {
        Map<String, Object> pepper = secret("pepper", "API keys are hashed with it", "9f2c41d07b3ae865", 3, "restart-needed");
        pepper.put("version", 3);
        return Map.of("data", List.of(pepper, secret("audit-key", "it signs the audit log", "03d5f2917ac8e4b6", 2, "in-force"),
                        secret("salt-key", "it tells tenants' cached prefixes apart", "b7104ce95f2d83a0", 1, "behind")),
                "peppers", List.of(Map.of("version", 1, "retired", true, "apiKeys", 2, "secondFactors", 0),
                        Map.of("version", 2, "retired", false, "apiKeys", 37, "secondFactors", 1), Map.of("version", 3, "retired", false, "apiKeys", 812, "secondFactors", 4)));
    }

    private static Map<String, Object> secret(String name, String use, String fingerprint, int known, String state) {
        Map<String, Object> secret = new LinkedHashMap<>(Map.of("name", name, "use", use, "fingerprint", fingerprint, "known", known,
                "since", NOW.minus(Duration.ofDays(6)).toString(), "place", "file", "state", state));
        secret.put("version", null);
        return secret;
    }

    private static List<Map<String, Object>> tenants() {
        List<Map<String, Object>> tenants = new ArrayList<>(List.of(
                tenant("acme", "Acme Research", "active", 2, null), tenant("default", "default", "active", 1, null),
                tenant("globex", "Globex Legal and Compliance", "suspended", 1, List.of("llama-2-7b-chat", "smollm2-135m-instruct")),
                tenant("initech", "Initech", "deleted", 0.5, List.of())));
        IntStream.range(10, 40).forEach(i -> tenants.add(tenant("team-" + i, "Team " + i, "active", 1, null)));
        return tenants;
    }

    private static Map<String, Object> tenant(String id, String name, String status, double weight, List<String> models) {
        Map<String, Object> tenant = new LinkedHashMap<>(Map.of("id", id, "name", name, "status", status, "weight", weight,
                "createdAt", NOW.minus(Duration.ofDays(40)).toString(), "version", 3));
        tenant.put("models", models);
        tenant.put("deleteAfter", status.equals("deleted") ? NOW.plus(Duration.ofDays(21)).toString() : null);
        return tenant;
    }

    private static List<Map<String, Object>> members() {
        return List.of(member("admin", "default", "platform-admin", "developer"), member("ann.lee@acme.example", "acme", "tenant-admin", "developer"),
                member("bob", "acme", "developer"), member("carla", "acme", "safety-reviewer", "auditor"));
    }

    private static Map<String, Object> member(String name, String tenant, String... roles) {
        return Map.of("username", name, "tenant", tenant, "roles", List.of(roles), "createdAt", NOW.minus(Duration.ofDays(12)).toString());
    }

    private static List<Map<String, Object>> keys() {
        return List.of(key("k7Qm2TzP", "search service, production", Map.of("lastUsedAt", NOW.minusSeconds(40).toString(),
                        "expiresAt", NOW.plus(Duration.ofDays(80)).toString(), "addresses", List.of("10.20.0.0/16", "2001:db8::/32"))),
                key("k3Hd81Lx", "nightly reports", Map.of("models", List.of("llama-2-7b-chat"), "replacedBy", "k9Rt44Wc", "expiresAt", NOW.plusSeconds(80_000).toString())),
                key("k0Aa00Bb", "monitor", Map.of("scopes", List.of("models"))), key("k1Cc11Dd", "old laptop", Map.of("revokedAt", NOW.minus(Duration.ofDays(3)).toString())));
    }

    /** Those in use, or all; a page of three, as far as no more are asked for. */
    private static Map<String, Object> keys(Map<String, String> query) {
        String about = query.getOrDefault("about", "");
        List<Map<String, Object>> found = keys().stream().filter(key -> key.get("name").toString().contains(about))
                .filter(key -> !"true".equals(query.get("inUse")) || key.get("revokedAt") == null).toList();
        if (query.containsKey("limit") || found.size() <= 3) return data(found);
        return query.containsKey("cursor") ? data(found.subList(3, found.size())) : page(found.subList(0, 3));
    }

    static Map<String, Object> key(String id, String name, Map<String, Object> more) {
        Map<String, Object> key = new LinkedHashMap<>(Map.of("id", id, "name", name, "tenant", "acme", "owner", "bob", "last4", "9XbV",
                "scopes", List.of("inference"), "createdAt", NOW.minus(Duration.ofDays(9)).toString()));
        for (String absent : List.of("models", "addresses", "expiresAt", "lastUsedAt", "revokedAt", "replacedBy")) key.put(absent, null);
        key.putAll(more);
        return key;
    }

    private static Map<String, Object> price(String model, double input, double cached, double output) {
        return Map.of("model", model, "inputPerMillion", input, "cachedPerMillion", cached, "outputPerMillion", output, "version", 2);
    }

    private static Map<String, Object> policy(String id, String scope, String subject) {
        Map<String, Object> policy = new LinkedHashMap<>(Map.of("id", id, "tenant", "acme", "scope", scope, "subject", subject, "version", 8));
        for (String absent : List.of("requestsPerMinute", "tokensPerMinute", "concurrentGenerations", "maxContext", "tokensPerDay", "tokensPerMonth",
                "moneyPerDay", "moneyPerMonth")) policy.put(absent, null);
        return policy;
    }

    private static List<Map<String, Object>> quotas() {
        Map<String, Object> whole = changed(policy("p1", "tenant", ""), Map.of("requestsPerMinute", 600, "concurrentGenerations", 32, "tokensPerDay", 2_000_000,
                "moneyPerMonth", 250));
        Map<String, Object> bob = changed(policy("p2", "owner", "bob"), Map.of("tokensPerMinute", 20_000, "maxContext", 4096, "tokensPerMonth", 500_000));
        Map<String, Object> search = changed(policy("p3", "key", "k7Qm2TzP"), Map.of("requestsPerMinute", 120));
        return List.of(
                quota(whole, 5, Map.of("requests", rate(600, 412, 18_800)), List.of(budget("day", "tokens", 2_000_000, 1_482_113, 24_576, 493_311),
                        budget("month", "money", 250, 231.07, 1.2, 17.73))),
                quota(bob, 0, Map.of("tokens", rate(20_000, 20_000, 0)), List.of(budget("month", "tokens", 500_000, 61_204, 0, 438_796))),
                quota(search, 2, Map.of("requests", rate(120, 3, 58_500)), List.of()));
    }

    private static Map<String, Object> quota(Map<String, Object> policy, int running, Map<String, Object> rates, List<Object> budgets) {
        Map<String, Object> quota = new LinkedHashMap<>(Map.of("policy", policy, "running", running, "budgets", budgets));
        quota.put("requests", rates.get("requests"));
        quota.put("tokens", rates.get("tokens"));
        return quota;
    }

    private static Map<String, Object> rate(int limit, int remaining, int resetMillis) {
        return Map.of("limit", limit, "remaining", remaining, "resetMillis", resetMillis);
    }

    private static Map<String, Object> budget(String period, String unit, double limit, double spent, double reserved, double remaining) {
        return Map.of("period", period, "unit", unit, "limit", limit, "spent", spent, "reserved", reserved, "remaining", remaining,
                "resetsAt", NOW.plus(Duration.ofHours(7)).toString());
    }

    /** A month in which weekends are quiet and seven names share the work, for whatever is grouped by. */
    private static Map<String, Object> usage(String group) {
        LocalDate today = NOW.atOffset(ZoneOffset.UTC).toLocalDate();
        List<String> names = group.contains("key") ? List.of("k7Qm2TzP", "k3Hd81Lx", "")
                : List.of("llama-2-7b-chat", "smollm2-135m-instruct", "llama-2-13b-chat", "stories-15m", "tuned-a", "tuned-b", "tuned-c");
        String word = group.replace("day,", "").replace("day", "model");
        List<Map<String, Object>> sums = new ArrayList<>();
        for (LocalDate day = today.withDayOfMonth(1); !day.isAfter(today); day = day.plusDays(1)) {
            for (int i = 0; i < names.size(); i++) {
                long generations = (day.getDayOfWeek().getValue() > 5 ? 12 : 140) * (long) (day.getDayOfMonth() % 7 + 4) / (i * i + 1);
                Map<String, Object> sum = new LinkedHashMap<>(Map.of("generations", generations, "tokensIn", 310 * generations, "tokensCached", 90 * generations,
                        "tokensOut", 118 * generations, "money", generations * 0.00031));
                sum.put("day", day.toString());
                sum.put(word, names.get(i));
                sums.add(sum);
            }
        }
        return Map.of("from", today.withDayOfMonth(1).toString(), "to", today.toString(), "truncated", false,
                "data", group.contains("day") ? sums : sums.subList(sums.size() - names.size(), sums.size()));
    }

    private static List<Map<String, Object>> events(Map<String, String> query) {
        int first = query.containsKey("cursor") ? 38 : 41;
        List<Map<String, Object>> events = List.of(
                event(first, "admin", "SESSION", "POST /admin/v1/tenants", "globex", 201),
                event(first - 1, "key:k7Qm2TzP", "API_KEY", "first use from this address", "", 200),
                event(first - 2, "", "", "POST /auth/login", "", 401));
        return events.stream().filter(event -> event.get("actor").toString().contains(query.getOrDefault("actor", ""))).toList();
    }

    private static List<Map<String, Object>> content(Map<String, String> query) {
        int last = query.containsKey("cursor") ? 38 : 41;
        return List.of(request(last, "bob", "llama-2-7b-chat", QUESTION), request(last - 1, "ann.lee@acme.example", "smollm2-135m-instruct", "Good morning"),
                request(last - 2, "nightly", "smollm2-135m-instruct", "")).stream()
                .filter(one -> one.get("owner").toString().contains(query.getOrDefault("owner", ""))).toList();
    }

    private static Map<String, Object> request(int number, String owner, String model, String excerpt) {
        return Map.of("id", "chatcmpl-" + number, "at", NOW.minusSeconds(900L * (50 - number)).toString(), "owner", owner, "key", "k7Qm2TzP", "model", model,
                "excerpt", excerpt);
    }

    private static List<Map<String, Object>> pins() {
        return List.of(pin("p1", "llama-2-7b-chat", "You help the people of Acme Research. Answer from the documents that come with a question, and say so where they do not tell. ".repeat(3),
                        List.of(progress("worker-1", 812, 812, ""), progress("worker-2", 812, 0, ""))),
                pin("p2", "smollm2-135m-instruct", "Answer in one sentence.", List.of(progress("worker-1", 0, 0, "The prompt is shorter than one block."))),
                pin("p3", "llama-2-13b-chat", "You are a clerk.", List.of()));
    }

    private static Map<String, Object> pin(String id, String model, String system, List<?> workers) {
        return Map.of("id", id, "model", model, "system", system, "createdAt", NOW.minus(Duration.ofDays(5)).toString(), "version", 4, "workers", workers);
    }

    private static Map<String, Object> progress(String worker, int tokens, int pinned, String detail) {
        return Map.of("worker", worker, "tokens", tokens, "pinnedTokens", pinned, "detail", detail);
    }

    private static Map<String, Object> event(int sequence, String actor, String origin, String action, String subject, int status) {
        Map<String, Object> event = new LinkedHashMap<>(Map.of("tenant", "@platform", "sequence", sequence, "at", NOW.minusSeconds(900L * (50 - sequence)).toString(),
                "actor", actor, "origin", origin, "address", "10.20.3.4", "action", action, "subject", subject, "status", status));
        event.putAll(Map.of("previous", HASH.replace('9', '3'), "hash", HASH, "key", "5c1f0e7a9b2d4c68",
                "signature", "q9Zc1n0mB4lqk7uZrJxw3T8yF5Vt2EoKpQdA6sHgLhXbNvMiUjRfYeWcOaSzPkDx1G0B9C8V7N6M5L4K3J2H1A=="));
        return event;
    }

    private static Map<String, Object> changed(Map<String, Object> known, Map<String, Object> changes) {
        Map<String, Object> changed = new LinkedHashMap<>(known);
        changed.putAll(changes);
        return changed;
    }

    private static Map<String, Object> withNull(Map<String, Object> known, String name) {
        Map<String, Object> all = new HashMap<>(known);
        all.put(name, null);
        return all;
    }

    private static Map<String, Object> data(List<?> things) {
        return withNull(Map.of("data", things), "nextCursor");
    }

    private static Map<String, Object> page(List<?> events) {
        return Map.of("data", events, "nextCursor", "Mzk");
    }
}
