import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.wire.MongoDatabaseHandler;
import de.bwaldvogel.mongo.wire.MongoExceptionHandler;
import de.bwaldvogel.mongo.wire.MongoWireMessageEncoder;
import de.bwaldvogel.mongo.wire.MongoWireProtocolHandler;
import de.bwaldvogel.mongo.wire.MongoWireReplyEncoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Serves documents in memory on a Unix socket: mongo-java-server, as a version that today's drivers accept.
 *
 * <p>Its own versions end at wire version 8, whichever is set, and drivers ask for 9 and more. It can do what
 * drivers need of 13, which is what it says here; what it lacks, it refuses when it is asked for.
 *
 * <p>One thread serves all connections. The documents of a reply are those in memory and no copies, so with
 * several threads a findAndModify may return what the next one has written by then.
 */
public final class DocumentServer {
    private static final int THREADS = 1;

    private DocumentServer() {}

    public static void main(String[] arguments) throws Exception {
        Path socket = Path.of(arguments[0]);
        MongoBackend backend = new MemoryBackend().version(new AcceptedVersion());
        var connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
        new ServerBootstrap()
                .group(loops)
                .channel(NioServerDomainSocketChannel.class)
                .childHandler(new Conversation(backend, connections))
                .bind(UnixDomainSocketAddress.of(socket))
                .sync();
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static final class Conversation extends ChannelInitializer<Channel> {
        private final MongoBackend backend;
        private final DefaultChannelGroup connections;

        private Conversation(MongoBackend backend, DefaultChannelGroup connections) {
            this.backend = backend;
            this.connections = connections;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(new MongoWireReplyEncoder())
                    .addLast(new MongoWireMessageEncoder())
                    .addLast(new MongoWireProtocolHandler())
                    .addLast(new MongoDatabaseHandler(backend, connections))
                    .addLast(new MongoExceptionHandler());
        }
    }

    private static final class AcceptedVersion implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    }
}
