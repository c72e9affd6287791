package org.altiplano.platform.completions.control;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/**
 * The TCP connection that a request came by, from the server's end.
 *
 * @param client address of the client, as 8 or 32 upper-case hexadecimal digits
 * @param clientPort its port
 * @param serverPort the port that it connected to
 */
public record ClientConnection(String client, int clientPort, int serverPort) {

    public static ClientConnection of(HttpServletRequest request) {
        try {
            // Always an address in digits, so nothing is looked up.
            InetAddress client = InetAddress.getByName(request.getRemoteAddr());
            return new ClientConnection(HexFormat.of().withUpperCase().formatHex(client.getAddress()),
                    request.getRemotePort(), request.getLocalPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the server shows a client's address in digits", e);
        }
    }
}
