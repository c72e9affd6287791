package org.altiplano.grid.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.spi.merge.LatestUpdateMergePolicy;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;

/** Hazelcast's settings for a member of an Altiplano cluster. All members of a cluster must agree on them. */
final class MemberConfig {

    private MemberConfig() {
    }

    /** Hazelcast reads its logger's class from the system properties only. */
    static void quieten() {
        System.getProperties().putIfAbsent("hazelcast.logging.class", QuietLogging.class.getName());
    }

    static Config of(String clusterName, InetSocketAddress bind, List<String> seeds) {
        Config config = new Config();
        config.setClusterName(clusterName);
        // In an application server the classes of the records are the web application's, not the server's.
        config.setClassLoader(MemberConfig.class.getClassLoader());
        properties(config, bind);
        network(config.getNetworkConfig(), bind, seeds);
        // Members are not authenticated: nothing but the JDK's and Hazelcast's own classes may come as Java objects.
        config.getSerializationConfig().setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
        // When two halves of a cluster meet, as after a gateway's restart, the younger word on a model or a worker wins.
        for (String flags : List.of(Cluster.PLACEMENT, Cluster.DRAINED)) {
            config.getMapConfig(flags).setBackupCount(MapConfig.MAX_BACKUP_COUNT).setPerEntryStatsEnabled(true)
                    .setMergePolicyConfig(new MergePolicyConfig().setPolicy(LatestUpdateMergePolicy.class.getName()));
        }
        return config;
    }

    private static void properties(Config config, InetSocketAddress bind) {
        config.setProperty("hazelcast.logging.details.enabled", "false")
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.shutdownhook.enabled", "false")
                .setProperty("hazelcast.graceful.shutdown.max.wait", "5")
                // Without this a member listens on every interface, whatever address it announces.
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.prefer.ipv4.stack", String.valueOf(!(bind.getAddress() instanceof Inet6Address)))
                // A hung member is noticed after 5 s; the default is 60 s.
                .setProperty("hazelcast.heartbeat.interval.seconds", "1")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "5")
                .setProperty("hazelcast.operation.call.timeout.millis", "15000")
                // Members that started apart find each other within seconds; the default is 5 and 2 minutes.
                .setProperty("hazelcast.merge.first.run.delay.seconds", "5")
                .setProperty("hazelcast.merge.next.run.delay.seconds", "5")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.max.join.seconds", "30")
                // A few records a second need no more than this; the defaults grow with the cores.
                .setProperty("hazelcast.partition.count", "31")
                .setProperty("hazelcast.operation.thread.count", "2")
                .setProperty("hazelcast.operation.generic.thread.count", "2")
                .setProperty("hazelcast.io.thread.count", "1")
                .setProperty("hazelcast.event.thread.count", "1");
    }

    private static void network(NetworkConfig network, InetSocketAddress bind, List<String> seeds) {
        network.setPort(bind.getPort()).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface(bind.getAddress().getHostAddress());
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        TcpIpConfig members = join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(3);
        seeds.forEach(members::addMember);
    }
}
