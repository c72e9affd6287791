package org.altiplano.grid;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a process meets its cluster.
 *
 * @param clusterName clusters of different names ignore each other
 * @param bind loopback or private address of this machine, with the port for the other members; 0: any free one
 * @param seeds members that may be up, as {@code host:port}; at least one must be for the process to join at start, but
 *     members that started apart find each other within seconds
 */
public record GridSettings(String clusterName, InetSocketAddress bind, List<String> seeds) {

    public GridSettings {
        seeds = List.copyOf(seeds);
    }

    /**
     * Reads {@code ALTIPLANO_CLUSTER_NAME} (altiplano), {@code ALTIPLANO_CLUSTER_HOST} (127.0.0.1),
     * {@code ALTIPLANO_CLUSTER_PORT} (0) and {@code ALTIPLANO_CLUSTER_SEEDS} (none), defaults in brackets.
     *
     * @throws IllegalArgumentException if one is malformed or no private address; the message names it
     */
    public static GridSettings fromEnvironment(Map<String, String> environment) {
        InetAddress host = PrivateAddress.parse("ALTIPLANO_CLUSTER_HOST", value(environment, "ALTIPLANO_CLUSTER_HOST", "127.0.0.1"));
        int port = port("ALTIPLANO_CLUSTER_PORT", value(environment, "ALTIPLANO_CLUSTER_PORT", "0"));
        return new GridSettings(value(environment, "ALTIPLANO_CLUSTER_NAME", "altiplano"), new InetSocketAddress(host, port),
                seeds(value(environment, "ALTIPLANO_CLUSTER_SEEDS", "")));
    }

    static String value(Map<String, String> environment, String name, String otherwise) {
        String value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    static int port(String variable, String value) {
        if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65_535) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(variable + ": " + value + " is no TCP port (0 to 65535).");
    }

    private static List<String> seeds(String list) {
        List<String> seeds = new ArrayList<>();
        for (String entry : list.split(",")) {
            String seed = entry.strip();
            if (!seed.isEmpty()) {
                seeds.add(seed(seed));
            }
        }
        return seeds;
    }

    private static String seed(String seed) {
        int colon = seed.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("ALTIPLANO_CLUSTER_SEEDS: " + seed + " is not of the form host:port.");
        }
        port("ALTIPLANO_CLUSTER_SEEDS", seed.substring(colon + 1));
        String host = seed.substring(0, colon);
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return seed; // The name of a member that is not up yet may become known later.
        }
        PrivateAddress.parse("ALTIPLANO_CLUSTER_SEEDS", host);
        return seed;
    }
}
