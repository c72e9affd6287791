package org.altiplano.platform.completions.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.List;
import org.altiplano.platform.completions.control.SocketTable.Sight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SocketTableTest {

    private static final List<String> LINES = List.of(
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
            "   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 2 1",
            "   2: 0100007F:1F90 0100007F:C002 08 00000000:00000000 00:00000000 00000000     0        0 3 1",
            "   3: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000201A8C0:C003 01 0:0 0:0 0 0 0 4 1",
            "   4: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:C004 01 0:0 0:0 0 0 0 5 1");

    private final SocketTable table = SocketTable.parse(LINES);

    @Test
    void tellsOpenFromClosedFromMissing() {
        assertEquals(Sight.OPEN, table.look(new ClientConnection("7F000001", 0xC001, 8080)));
        assertEquals(Sight.CLOSED, table.look(new ClientConnection("7F000001", 0xC002, 8080)));
        assertEquals(Sight.MISSING, table.look(new ClientConnection("7F000001", 0xC009, 8080)));
        assertEquals(Sight.MISSING, table.look(new ClientConnection("7F000002", 0xC001, 8080)));
    }

    @Test
    void readsAddressesOfBothFamilies() {
        assertEquals(Sight.OPEN, table.look(new ClientConnection("C0A80102", 0xC003, 8080)));
        assertEquals(Sight.OPEN, table.look(new ClientConnection("00000000000000000000000000000001", 0xC004, 8080)));
    }

    @Test
    void claimsNothingOfAServerThatTheTableDoesNotShow() {
        assertEquals(Sight.OPEN, table.look(new ClientConnection("7F000001", 0xC001, 9090)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void seesARealClientComeAndGo() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort()); Socket accepted = server.accept()) {
            ClientConnection connection = new ClientConnection(
                    HexFormat.of().withUpperCase().formatHex(accepted.getInetAddress().getAddress()), accepted.getPort(), accepted.getLocalPort());
            assertEquals(Sight.OPEN, SocketTable.read().look(connection));
            client.close();
            assertEquals(Sight.CLOSED, SocketTable.read().look(connection));
        }
    }
}
