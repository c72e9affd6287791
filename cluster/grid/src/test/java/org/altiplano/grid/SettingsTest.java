package org.altiplano.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void withoutVariablesAProcessMeetsNobodyOnLoopback() {
        assertEquals(new GridSettings("altiplano", new InetSocketAddress("127.0.0.1", 0), List.of()),
                GridSettings.fromEnvironment(Map.of()));
    }

    @Test
    void readsItsVariables() {
        WorkerSettings settings = WorkerSettings.fromEnvironment(Map.of("ALTIPLANO_WORKER_ID", "worker-7",
                "ALTIPLANO_GRPC_PORT", "7001", "ALTIPLANO_CLUSTER_NAME", "home", "ALTIPLANO_CLUSTER_HOST", "10.1.2.3",
                "ALTIPLANO_CLUSTER_PORT", "5701", "ALTIPLANO_CLUSTER_SEEDS", "10.1.2.4:5701, [fd00::1]:5702,"));
        assertEquals(new WorkerSettings("worker-7", 7001, new GridSettings("home", new InetSocketAddress("10.1.2.3", 5701),
                List.of("10.1.2.4:5701", "[fd00::1]:5702"))), settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "localhost", "10.0.0.1", "172.16.0.1", "172.31.255.255",
            "192.168.1.1", "169.254.1.1", "::1", "fd12::1", "fe80::1"})
    void takesLoopbackAndPrivateAddresses(String host) {
        assertTrue(PrivateAddress.isPrivate(PrivateAddress.parse("HOST", host)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "8.8.8.8", "172.32.0.1", "172.15.0.1", "192.169.0.1", "11.0.0.1",
            "2001:db8::1", "fec0::1", "224.0.0.1"})
    void refusesToListenAnywhereElse(String host) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> GridSettings.fromEnvironment(Map.of("ALTIPLANO_CLUSTER_HOST", host)));
        assertTrue(refused.getMessage().startsWith("ALTIPLANO_CLUSTER_HOST: " + host + " is refused; the cluster has no"
                + " authentication and uses loopback or private addresses only"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "ALTIPLANO_CLUSTER_PORT | 65536 | ALTIPLANO_CLUSTER_PORT: 65536 is no TCP port (0 to 65535).",
            "ALTIPLANO_CLUSTER_PORT | -1 | ALTIPLANO_CLUSTER_PORT: -1 is no TCP port (0 to 65535).",
            "ALTIPLANO_GRPC_PORT | many | ALTIPLANO_GRPC_PORT: many is no TCP port (0 to 65535).",
            "ALTIPLANO_CLUSTER_SEEDS | 127.0.0.1 | ALTIPLANO_CLUSTER_SEEDS: 127.0.0.1 is not of the form host:port.",
            "ALTIPLANO_CLUSTER_SEEDS | 127.0.0.1:x | ALTIPLANO_CLUSTER_SEEDS: x is no TCP port (0 to 65535).",
            "ALTIPLANO_CLUSTER_HOST | no.such.host.invalid | ALTIPLANO_CLUSTER_HOST: the host no.such.host.invalid is not known.",
            "ALTIPLANO_WORKER_ID | a b | ALTIPLANO_WORKER_ID: a b is no worker name (letters, digits, '.', '_' and '-', at most 63)."})
    void namesAMalformedVariable(String variable, String value, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> WorkerSettings.fromEnvironment(Map.of(variable, value))).getMessage());
    }

    @Test
    void refusesASeedInThePublicNetwork() {
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> GridSettings.fromEnvironment(Map.of("ALTIPLANO_CLUSTER_SEEDS", "8.8.8.8:5701"))).getMessage()
                .startsWith("ALTIPLANO_CLUSTER_SEEDS: 8.8.8.8 is refused"));
    }
}
