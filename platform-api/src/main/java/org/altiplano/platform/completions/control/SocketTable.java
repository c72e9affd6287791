package org.altiplano.platform.completions.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The TCP connections of this machine at one moment, as the Linux kernel tells them (proc(5), /proc/net/tcp). The
 * server cannot be asked whether a client is still there while it answers nothing: it notices only when a write fails.
 *
 * @param states of the connections
 * @param listening local ports that take connections; tells whether the table shows the gateway's own at all
 */
record SocketTable(Map<ClientConnection, Integer> states, Set<Integer> listening) {

    private static final int ESTABLISHED = 0x01;
    private static final int LISTEN = 0x0A;

    /** The table now; empty where there is none (no Linux, no /proc). */
    static SocketTable read() {
        Map<ClientConnection, Integer> states = new HashMap<>();
        Set<Integer> listening = new HashSet<>();
        for (String file : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            try {
                Files.readAllLines(Path.of(file)).stream().skip(1).forEach(line -> add(line, states, listening));
            } catch (IOException e) {
                // No such table: its connections are watched by writing to them only.
                continue;
            }
        }
        return new SocketTable(states, listening);
    }

    static SocketTable parse(List<String> lines) {
        Map<ClientConnection, Integer> states = new HashMap<>();
        Set<Integer> listening = new HashSet<>();
        lines.forEach(line -> add(line, states, listening));
        return new SocketTable(states, listening);
    }

    /** How a connection looks from here. */
    enum Sight {
        OPEN,
        /** The client closed it, or it broke. */
        CLOSED,
        /** Not in the table. The kernel may skip a line while others come and go, so once proves nothing. */
        MISSING
    }

    Sight look(ClientConnection connection) {
        Integer state = states.get(connection);
        if (state == null) {
            return listening.contains(connection.serverPort()) ? Sight.MISSING : Sight.OPEN;
        }
        return state == ESTABLISHED ? Sight.OPEN : Sight.CLOSED;
    }

    private static void add(String line, Map<ClientConnection, Integer> states, Set<Integer> listening) {
        // "  sl  local_address rem_address   st ...", addresses as 0100007F:1F90: words in the machine's byte order.
        String[] columns = line.strip().split("\\s+");
        int localPort = port(columns[1]);
        int state = Integer.parseInt(columns[3], 16);
        if (state == LISTEN) {
            listening.add(localPort);
        } else {
            states.put(new ClientConnection(address(columns[2]), port(columns[2]), localPort), state);
        }
    }

    private static int port(String endpoint) {
        return Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1), 16);
    }

    /** Network byte order; an IPv4 address mapped into IPv6 becomes IPv4 again, as Java shows it. */
    private static String address(String endpoint) {
        String words = endpoint.substring(0, endpoint.indexOf(':'));
        StringBuilder bytes = new StringBuilder(words.length());
        for (int word = 0; word < words.length(); word += 8) {
            for (int octet = 6; octet >= 0; octet -= 2) {
                bytes.append(words, word + octet, word + octet + 2);
            }
        }
        String address = bytes.toString();
        return address.startsWith("00000000000000000000FFFF") ? address.substring(24) : address;
    }
}
